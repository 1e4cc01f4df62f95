from tests.children import arrays, run_python, start_python

__all__ = ["arrays", "run_python", "start_python"]
