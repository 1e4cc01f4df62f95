import pytest

from stnctl.reports.explorer.bundle import bundle, web_modules
from tests.reports.explorer.node import run_node

MODULES = {
    "main.js": 'import { twice as double, one } from "./math/twice.js";\n'
    "console.log(JSON.stringify([double(4), one]));\n",
    "math/twice.js": 'import { hidden } from "../base.js";\n'
    "export const one = 1;\nexport function twice(x) {\n  return hidden * x;\n}\n",
    "base.js": "const own = 2;\nexport const hidden = own;\n",
}


def test_script_evaluates_each_module_after_those_that_it_imports():
    assert run_node(bundle(MODULES)) == [8, 1]


def test_names_of_a_module_stay_its_own():
    modules = {
        **MODULES,
        "math/twice.js": MODULES["math/twice.js"] + "const own = 3;\nconst modules = {};\n",
    }
    assert run_node(bundle(modules)) == [8, 1]


@pytest.mark.parametrize(
    "line",
    [
        'import all from "./base.js";',
        'import * as base from "./base.js";',
        'import "./base.js";',
        "export default 3;",
        "export { own };",
        "export let own = 3;",
        "import { own } from './base.js';",
    ],
)
def test_other_imports_and_exports_are_refused(line):
    with pytest.raises(ValueError, match=r"x\.js: can't join"):
        bundle({"x.js": f"{line}\n", "base.js": ""})


def test_unknown_modules_cycles_and_paths_outside_are_refused():
    with pytest.raises(ValueError, match=r"a\.js: there is no module b\.js"):
        bundle({"a.js": 'import { b } from "./b.js";\n'})
    with pytest.raises(ValueError, match="import each other"):
        bundle(
            {
                "a.js": 'import { b } from "./b.js";\n',
                "b.js": 'import { a } from "./a.js";\n',
            }
        )
    with pytest.raises(ValueError, match="outside of the folder"):
        bundle({"a.js": 'import { b } from "../b.js";\n'})


def test_modules_of_the_explorer_only_import_down():
    floors = ["", "transforms", "recognition", "app", "network", "geometry"]
    beside = {("recognition", "transforms"), ("transforms", "recognition")}
    for name, text in web_modules().items():
        folder = name.rpartition("/")[0]
        assert folder in floors, name
        for line in text.splitlines():
            if 'from "../' in line:
                other = line.split('"../')[1].split("/")[0]
                assert floors.index(other) > floors.index(folder), f"{name}: {line}"
                assert (folder, other) not in beside, f"{name}: {line}"


def test_geometry_and_network_know_no_page():
    for name, text in web_modules().items():
        if name.startswith(("geometry/", "network/")):
            assert "document" not in text.replace("documented", ""), name
            assert "window." not in text, name
