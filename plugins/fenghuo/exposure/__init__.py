"""Exposure: which sites a finding reaches, at which tier.

By radius, district code, polygon or circle, controlling station, or intensity at the site.
"""

from fenghuo.exposure.excusing import excuse
from fenghuo.exposure.reaching import expose

__all__ = ["excuse", "expose"]
