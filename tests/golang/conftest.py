def pytest_configure(config):
    config.addinivalue_line("markers", "few: the subset of a short check")
