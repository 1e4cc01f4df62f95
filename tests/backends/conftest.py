from tests.children import run_python, start_python

__all__ = ["run_python", "start_python"]
