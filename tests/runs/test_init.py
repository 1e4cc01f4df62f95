import stnctl.runs


def test_all_preset():
    public = {
        name
        for name, value in vars(stnctl.runs).items()
        if not name.startswith("_") and not hasattr(value, "__path__") and callable(value)
    }
    assert set(stnctl.runs.__all__) == public
