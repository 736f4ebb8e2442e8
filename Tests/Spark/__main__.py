"""Runs the tests of this folder, or those that are named: python Tests/Spark test_plan."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "pipelines" / "spark")]

load = unittest.defaultTestLoader
tests = load.loadTestsFromNames(sys.argv[1:]) if sys.argv[1:] else load.discover(str(HERE))
result = unittest.TextTestRunner(verbosity=2).run(tests)
sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
