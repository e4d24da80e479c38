"""One module a format: ``parse(body, config, received) -> Parsed``, pure. The list of all is in
``fenghuo.feeds.catalogue``."""
