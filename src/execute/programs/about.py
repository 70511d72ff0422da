"""Says what this tree's Portage is: one JSON value, {"version": TEXT, "incrementals": [NAME...]}.

Fact used: portage.const.INCREMENTALS, the variables that Portage stacks between its layers.
"""

import json

import portage
from portage.const import INCREMENTALS

print(json.dumps({"version": portage.VERSION, "incrementals": sorted(INCREMENTALS)}))
