"""Three people to begin with, and full buckets."""

from tests.support.social import ines, maria, open_gates, pablo, person

__all__ = ["ines", "maria", "open_gates", "pablo", "person"]
