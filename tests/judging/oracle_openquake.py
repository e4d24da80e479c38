"""Run by the oracle's own Python (``make oracle``), never imported: intensities by openquake.

Standard input: JSON {"magnitude": […], "km": […]}, pairs in order. Standard output: JSON
{"rrup": […], "rhypo": […]}, Allen, Wald & Worden 2012 by distance to rupture and to hypocentre.
"""

import json
import os
import sys

os.environ["NUMBA_DISABLE_JIT"] = "1"  # nothing here is compiled: seconds instead of minutes

import numpy as np
from openquake.hazardlib.gsim.allen_2012_ipe import AllenEtAl2012, AllenEtAl2012Rhypo
from openquake.hazardlib.imt import MMI

asked = json.load(sys.stdin)
magnitude, km = np.array(asked["magnitude"]), np.array(asked["km"])
context = np.rec.fromarrays([magnitude, km, km], names="mag,rrup,rhypo")
found = {}
for name, model in (("rrup", AllenEtAl2012()), ("rhypo", AllenEtAl2012Rhypo())):
    mean, *spread = np.zeros((4, 1, len(km)))
    model.compute(context, [MMI()], mean, *spread)
    found[name] = mean[0].tolist()
json.dump(found, sys.stdout)
