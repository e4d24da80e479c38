"""Documents: files that people write, read strictly, every fault named at once.

``text`` decodes, ``yaml`` reads strings only and types them by a model, ``csv`` reads tables.
"""
