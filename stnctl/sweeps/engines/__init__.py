"""Engines that train the cells of a sweep: processes of this machine, Ray, and Slurm."""
