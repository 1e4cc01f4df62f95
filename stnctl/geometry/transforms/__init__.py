"""The families of transforms, one module each; `stnctl.geometry.registries` names them."""
