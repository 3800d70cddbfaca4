import sys
from pathlib import Path

# openapi/ is no package: its modules import each other as siblings, and so do the tests
sys.path.insert(0, str(Path(__file__).parents[2] / "openapi"))
