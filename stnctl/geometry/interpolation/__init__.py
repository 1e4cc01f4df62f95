"""The interpolations, one module each; `stnctl.geometry.registries` names them."""
