"""The applier: the OAI Overlay Specification's own cases, written anew, and our strict mode."""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ibm_quantum_backends.drift import overlay
from ibm_quantum_backends.errors import InvalidInputError

CASES = Path(__file__).parent / "overlay_cases"
exhaustive = settings(deadline=None, database=None, derandomize=True)


def load(name: str) -> Any:
    return YAML(typ="safe").load((CASES / name).read_text("utf-8"))


def made(*actions: Any, version: str = "1.1.0") -> Any:
    return {"overlay": version, "info": {"title": "T", "version": "1"}, "actions": list(actions)}


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # unlike ==, tells 1 from true


# --- The compliant sets and the text ---

SETS = load("compliant_sets.yaml")
RULES = load("text_of_1_1.yaml")


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("name", SETS)
def test_compliant_set(name: str, strict: bool) -> None:
    case = SETS[name]
    assert text(overlay.apply(case["document"], case["overlay"], strict=strict)) == text(case["result"])


@pytest.mark.parametrize("name", RULES)
def test_text_of_1_1(name: str) -> None:
    case = RULES[name]
    assert text(overlay.apply(case["document"], made(*case["actions"]))) == text(case["result"])


def test_1_0_appends_an_array_as_one_entry() -> None:
    action = {"target": "$.tags", "update": ["b"]}
    assert overlay.apply({"tags": ["a"]}, made(action, version="1.0.0")) == {"tags": ["a", ["b"]]}
    assert overlay.apply({"tags": ["a"]}, made(action, version="1.1.0")) == {"tags": ["a", "b"]}


def test_1_0_remove_wins_over_update() -> None:
    action = {"target": "$.a", "update": {"b": 1}, "remove": True}
    assert overlay.apply({"a": {}, "c": 1}, made(action, version="1.0.0")) == {"c": 1}
    kept = {"target": "$.a", "update": {"b": 1}, "remove": False}
    assert overlay.apply({"a": {}, "c": 1}, made(kept, version="1.0.0")) == {"a": {"b": 1}, "c": 1}


@pytest.mark.parametrize(
    ("document", "action", "found"),
    [
        ({"a": {}}, {"target": "$.a", "update": [1]}, "$['a']: expected object to merge with, found array"),
        ({"a": {}}, {"target": "$.a", "update": None}, "$['a']: expected object to merge with, found null"),
        ({"a": 1}, {"target": "$.a", "update": {}}, "$['a']: expected number to merge with, found object"),
        ({"a": None}, {"target": "$.a", "update": []}, "$['a']: expected null to merge with, found array"),
        (
            {"a": []},
            {"target": "$", "update": {"a": 1}},
            "$['a']: expected array to merge with, found number",
        ),
        (
            {"a": [{}]},
            {"target": "$.a[0]", "update": 1},
            "$['a'][0]: expected object to merge with, found number",
        ),
        (
            {"a": {"b": "x"}},
            {"target": "$", "update": {"a": {"b": {}}}},
            "$['a']['b']: expected string to merge",
        ),
        (
            {"a": {}, "b": []},
            {"target": "$.*", "update": {}},
            "expected nodes of one kind, found array and object",
        ),
        ({"a": {}, "b": 1}, {"target": "$.*", "update": {}}, "found object and primitive"),
        ({"a": {}, "b": 1}, {"target": "$.a", "copy": "$.b"}, "expected object to merge with, found number"),
        ({"a": {}, "b": 1}, {"target": "$.a", "copy": "$.c"}, "copy: expected a single node, found 0"),
        ({"a": {}, "b": 1}, {"target": "$.a", "copy": "$.*"}, "copy: expected a single node, found 2"),
        (
            {"a": 1},
            {"target": "$", "remove": True},
            "expected nodes within the document, found the document itself",
        ),
    ],
)
def test_action_that_does_not_fit(document: Any, action: Any, found: str) -> None:
    for strict in (True, False):
        with pytest.raises(overlay.OverlayError, match=re.escape(found)) as raised:
            overlay.apply(document, made(action), strict=strict)
        assert str(raised.value).startswith(f"overlay.actions[0] (target {action['target']!r}, ")


def test_1_0_updates_no_primitive_node() -> None:
    with pytest.raises(overlay.OverlayError, match=r"expected objects or arrays .* found primitive"):
        overlay.apply({"a": 1}, made({"target": "$.a", "update": 2}, version="1.0.0"))


# --- The shape ---

SHAPES = load("shapes.yaml")


def shaped(kind: str) -> list[Any]:
    return [
        pytest.param(case, version, id=f"{version} {name}")
        for name, case in SHAPES[kind].items()
        for version in case.get("in", ("1.0.0", "1.1.0"))
    ]


def changed(case: Any, version: str) -> Any:
    whole = {**made({"target": "$.info", "update": {"x-a": 1}}, version=version), **case.get("with", {})}
    return {key: value for key, value in whole.items() if key != case.get("without")}


@pytest.mark.parametrize(("case", "version"), shaped("fail"))
def test_shape_that_fails(case: Any, version: str) -> None:
    bad = changed(case, version)
    for call in (
        overlay.validate,
        lambda o: overlay.apply({}, o, strict=False),
        lambda o: overlay.apply_lenient({}, o),
    ):
        with pytest.raises(overlay.OverlayError, match=re.escape(case["found"])) as raised:
            call(bad)
        assert str(raised.value).startswith("overlay")
        assert "\n" not in str(raised.value)


def test_not_an_object() -> None:
    with pytest.raises(overlay.OverlayError, match="overlay: expected object, found array"):
        overlay.validate([made({"target": "$", "update": {}})])


@pytest.mark.parametrize(("case", "version"), shaped("pass"))
def test_shape_that_passes(case: Any, version: str) -> None:
    good = changed(case, version)
    overlay.validate(good)
    assert isinstance(overlay.apply({"info": {}}, good, strict=False), dict)


# --- Strict mode ---

DOCUMENT: Any = {
    "a": {"b": 1, "list": [1, {"e": 0, "c": True}]},
    "d": "text",
    "e": {"f": {}},
    "g": {"f": {}, "h": 0},
}


@pytest.mark.parametrize(
    ("action", "matched"),
    [
        ({"target": "$.nowhere", "update": {"b": 2}}, 0),
        ({"target": "$.a.list[?@.c == false]", "remove": True}, 0),
        ({"target": "$.nowhere", "copy": "$.nowhere"}, 0),
        ({"target": "$['a', 'e']", "update": {}}, 2),
        ({"target": "$.a", "update": {"b": 1}}, 1),
        ({"target": "$.d", "update": "text"}, 1),
        ({"target": "$.a.list", "update": []}, 1),
        ({"target": "$.g", "copy": "$.e"}, 1),
        ({"target": "$.a", "remove": False}, 1),
    ],
)
def test_idle_action_is_an_error(action: dict[str, Any], matched: int) -> None:
    idle = made({"target": "$.a.b", "update": 2}, {"target": "$.a.b", "update": 1}, {**action, "description": "Old"})
    found = f"found {matched} that hold all of it already" if matched else "found none that it selects"
    with pytest.raises(overlay.OverlayError) as raised:
        overlay.apply(DOCUMENT, idle)
    start = f"overlay.actions[2] (target {action['target']!r}, description 'Old'): expected nodes to change, "
    assert str(raised.value) == start + found
    assert text(overlay.apply(DOCUMENT, idle, strict=False)) == text(DOCUMENT)
    lenient, steps = overlay.apply_lenient(DOCUMENT, idle)
    assert text(lenient) == text(DOCUMENT)
    assert [step.matched for step in steps] == [1, 1, matched]
    assert [step.state == "applied" for step in steps] == [True, True, False]


@pytest.mark.parametrize(
    "action",
    [
        {"target": "$.a.list[*].c", "update": 1},
        {"target": "$", "update": {"a": {"b": True}}},
        {"target": "$.a.b", "update": 1.0},
        {"target": "$.a.list", "update": [1, 2]},
        {"target": "$.a.list", "update": True},
        {"target": "$['e', 'g']", "update": {"h": 0}},
        {"target": "$['g', 'e']", "update": {"h": 0}},
        {"target": "$", "update": {"a": {"new": None, "b": 1}}},
    ],
)
def test_small_change_is_a_change(action: dict[str, Any]) -> None:
    assert text(overlay.apply(DOCUMENT, made(action))) != text(DOCUMENT)


@pytest.mark.parametrize("entry", [{"c": True, "e": 0}, [{"e": 0, "c": True}, 1]])
def test_repeating_entries_of_an_array_is_idle(entry: Any) -> None:
    repeat = made({"target": "$.a.list", "update": entry})
    with pytest.raises(overlay.OverlayError, match="found 1 that hold all of it already"):
        overlay.apply(DOCUMENT, repeat)
    lenient: Any = overlay.apply(DOCUMENT, repeat, strict=False)
    assert lenient["a"]["list"][2:] == (entry if isinstance(entry, list) else [entry])


def test_steps_tell_what_each_action_did() -> None:
    actions = [
        {"target": "$..tags", "update": "new"},
        {"target": "$.nowhere", "remove": True},
        {"target": "$.x", "update": {"kind": "a"}},
        {"target": "$.*", "remove": True, "x-purpose": "truth"},
    ]
    _, told = overlay.apply_lenient({"x": {"tags": [], "kind": "a"}, "y": {"tags": []}}, made(*actions))
    assert [step.position for step in told] == [0, 1, 2, 3]
    assert [step.target for step in told] == [action["target"] for action in actions]
    assert [step.matched for step in told] == [2, 0, 1, 2]
    assert [step.state for step in told] == ["applied", "adopted upstream", "adopted upstream", "applied"]


# --- Lenient mode ---


@pytest.mark.parametrize(
    ("state", "document", "actions"),
    [
        ("adopted upstream", {"a": {"b": 1, "c": 2}}, [{"target": "$.a", "update": {"b": 1}}]),
        ("adopted upstream", {"a": {"l": [1, {"x": 0}]}}, [{"target": "$.a.l", "update": {"x": 0}}]),
        ("adopted upstream", {"a": {"x": 0}, "b": {"x": 0}}, [{"target": "$.a", "copy": "$.b"}]),
        ("adopted upstream", {"a": None}, [{"target": "$.a", "update": None}]),
        ("adopted upstream", {"a": {"c": 1}}, [{"target": "$.a.b", "remove": True}]),
        ("adopted upstream", {"a": {"c": 1}, "b": 1}, [{"target": "$[?@.c]['x', 'y']", "remove": True}]),
        ("adopted upstream", {"l": [{"n": "y"}]}, [{"target": "$.l[?@.n == 'x']", "remove": True}]),
        ("matches nothing", {"a": 5}, [{"target": "$.a.b", "remove": True}]),
        ("matches nothing", {"c": {}}, [{"target": "$.a.b", "remove": True}]),
        ("matches nothing", {"a": {}, "b": 1}, [{"target": "$[?@.c]['x', 'y']", "remove": True}]),
        ("matches nothing", {"a": {}}, [{"target": "$.a.b", "update": 1}]),
        ("matches nothing", {"a": {"b": 1}}, [{"target": "$.a", "update": {"b": 2}}, {"target": "$.b", "update": 1}]),
        ("matches nothing", {"a": {"b": 1}}, [{"target": "$.a", "remove": True}, {"target": "$.a.b", "remove": True}]),
        ("changes nothing", {"a": {}}, [{"target": "$.a", "update": {}}]),
        ("changes nothing", {"a": 1}, [{"target": "$.a", "remove": False}]),
        ("changes nothing", {"a": 1}, [{"target": "$.a", "update": 2}, {"target": "$['a']", "update": 2}]),
        ("changes nothing", {}, [{"target": "$", "update": {"a": 2}}, {"target": "$.a", "update": 2}]),
        ("changes nothing", {"a": {}}, [{"target": "$", "update": {"b": {}}}, {"target": "$.a", "copy": "$.b"}]),
    ],
)
def test_why_an_action_does_nothing(state: str, document: Any, actions: list[Any]) -> None:
    before = text([document, actions])
    _, steps = overlay.apply_lenient(document, made(*actions))
    assert [step.state for step in steps] == ["applied"] * (len(actions) - 1) + [state]
    assert text([document, actions]) == before


def test_what_fails_leaves_no_trace_and_the_rest_is_applied() -> None:
    actions = [
        {"target": "$.new", "update": 1, "description": "Too early", "x-until": "it is there"},
        {"target": "$", "update": {"new": 1, "l": 5}, "description": "No list", "x-until": "l is one"},
        {"target": "$['l', '']", "remove": True},
        {"target": "$['a', 'b']", "update": {"x": {}}},
        {"target": "$", "update": {"last": True}},
    ]
    document = {"a": {"y": 0}, "b": {"x": 1}, "l": [1], "": 0}
    result, steps = overlay.apply_lenient(document, made(*actions))
    assert result == {"a": {"y": 0}, "b": {"x": 1}, "last": True}
    assert [step.state for step in steps] == ["matches nothing", "fails", "applied", "fails", "applied"]
    assert [step.position for step in steps] == [0, 1, 2, 3, 4]
    assert steps[0] == (0, "$.new", "Too early", "it is there", 0, "matches nothing", "", 0)
    assert str(steps[0]) == "overlay.actions[0] matches nothing: $.new (Too early; it can go when it is there)"
    reason = "$['l']: expected array to merge with, found number"
    assert str(steps[1]) == f"overlay.actions[1] fails: $ (No list; it can go when l is one): {reason}"
    assert steps[3].reason == "$['b']['x']: expected number to merge with, found object"


def test_only_actions_with_a_purpose() -> None:
    actions = [
        {"target": "$.a", "update": 1, "x-purpose": "truth"},
        {"target": "$.b", "update": 1, "x-purpose": "repair"},
        {"target": "$.c", "update": 1},
    ]
    result, steps = overlay.apply_lenient({"a": 0, "b": 0, "c": 0}, made(*actions), purpose="repair")
    assert result == {"a": 0, "b": 1, "c": 0}
    assert [step.position for step in steps] == [1]
    assert overlay.apply_lenient({"a": 0, "b": 0, "c": 0}, made(*actions))[0] == {"a": 1, "b": 1, "c": 1}


def test_the_error_is_below_the_package_s_root() -> None:
    assert issubclass(overlay.OverlayError, InvalidInputError)


# --- What is shared, and what is changed ---


def test_aliases_are_changed_one_by_one() -> None:
    shared: Any = {"tags": ["a"]}
    document: Any = {"one": shared, "two": shared, "list": [shared, shared]}
    actions = ({"target": "$.one.tags", "update": "b"}, {"target": "$.list[0].tags", "remove": True})
    result = overlay.apply(document, made(*actions))
    assert result == {"one": {"tags": ["a", "b"]}, "two": {"tags": ["a"]}, "list": [{}, {"tags": ["a"]}]}
    each = {"tags": ["a", "b"]}
    everywhere = overlay.apply(document, made({"target": "$..tags", "update": "b"}))
    assert everywhere == {"one": each, "two": each, "list": [each, each]}


def test_aliases_of_the_overlay_are_changed_one_by_one() -> None:
    shared: Any = {"tags": []}
    inserted = {"target": "$", "update": {"x": shared, "y": shared, "z": [shared]}}
    appended = {"target": "$.*", "update": shared}
    first = overlay.apply({}, made(inserted, {"target": "$.x.tags", "update": 1}))
    assert first == {"x": {"tags": [1]}, "y": {"tags": []}, "z": [{"tags": []}]}
    second = overlay.apply({"a": [], "b": []}, made(appended, {"target": "$.a[0].tags", "update": 1}))
    assert second == {"a": [{"tags": [1]}], "b": [{"tags": []}]}
    third = overlay.apply({"a": {}, "b": {}}, made(appended, {"target": "$.a.tags", "update": 1}))
    assert third == {"a": {"tags": [1]}, "b": {"tags": []}}
    assert shared == {"tags": []}


def test_what_is_copied_is_no_alias() -> None:
    actions = (
        {"target": "$.b", "copy": "$.a"},
        {"target": "$.a.tags", "update": 1},
        {"target": "$.b.tags", "update": 2},
    )
    result = overlay.apply({"a": {"tags": []}, "b": {}}, made(*actions))
    assert result == {"a": {"tags": [1]}, "b": {"tags": [2]}}


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"a": [0, {200: {}}]}, "document.a[1]: expected keys that are strings, found 200"),
        ({"a": datetime.date(2026, 3, 15)}, "document.a: expected a JSON value, found date"),
    ],
)
def test_document_that_is_no_json(document: Any, found: str) -> None:
    for call in (overlay.apply, overlay.apply_lenient):
        with pytest.raises(overlay.OverlayError, match=re.escape(found)):
            call(document, made({"target": "$", "update": {}}))


def test_document_that_is_deeper_than_a_path_can_go() -> None:
    document: Any = {}
    for _ in range(200):
        document = {"a": document}
    with pytest.raises(overlay.OverlayError, match="recursion limit"):
        overlay.apply(document, made({"target": "$..b", "remove": True}))


KEYS = st.sampled_from("abc")
LEAVES = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from("xy")
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(KEYS, v), max_leaves=12)
DOCUMENTS = st.dictionaries(KEYS, VALUES)
# those after whose removal nothing can come to match that did not match before
STABLE = (
    "$.*",
    "$.a",
    "$..a",
    "$..[?@.a]",
    "$..[?@ == 1]",
    "$..[?@.b == 'x']",
    "$[*][?@[?@ == true]]",
    "$..[?@[0,1] || @.c]",
)
ACTIONS = st.one_of(
    st.fixed_dictionaries({"target": st.sampled_from((*STABLE, "$", "$..[0]", "$..[?!@.a]")), "update": VALUES}),
    st.fixed_dictionaries({"target": st.sampled_from((*STABLE, "$..[0]", "$..[-1,0]")), "remove": st.just(True)}),
    st.fixed_dictionaries({"target": st.sampled_from(STABLE), "copy": st.sampled_from(("$", "$.a", "$.b[0]"))}),
)


def containers(value: Any) -> set[int]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {id(value) for _ in (0,) if isinstance(value, dict | list)}.union(*map(containers, inner))


@exhaustive
@given(DOCUMENTS, st.lists(ACTIONS, min_size=1, max_size=3, unique_by=text), st.booleans())
def test_arguments_are_never_changed_nor_shared(document: Any, actions: Any, strict: bool) -> None:
    whole = made(*actions)
    before = text([document, whole])
    lenient, steps = overlay.apply_lenient(document, whole)
    try:
        result = overlay.apply(document, whole, strict=strict)
    except overlay.OverlayError:
        result = None
        assert {step.state for step in steps} != {"applied"}
    else:
        assert text(lenient) == text(result)
        assert not strict or {step.state for step in steps} == {"applied"}
    assert text([document, whole]) == before
    assert not containers([result, lenient]) & containers([document, whole])


OBJECTS = st.recursive(
    st.dictionaries(st.sampled_from("ab"), LEAVES),
    lambda v: st.builds(
        lambda x, y: x | y,
        st.dictionaries(st.sampled_from("AB"), v),
        st.dictionaries(st.sampled_from("ab"), LEAVES),
    ),
    max_leaves=6,
)


def merged(target: Any, update: Any) -> Any:
    if not isinstance(update, dict):
        return update
    return {**target, **{key: merged(target.get(key, {}), value) for key, value in update.items()}}


@exhaustive
@given(OBJECTS, OBJECTS)
def test_update_of_objects_merges_and_is_idle_the_second_time(document: Any, update: Any) -> None:
    once = made({"target": "$", "update": update})
    result = overlay.apply(document, once, strict=False)
    assert text(result) == text(merged(document, update))
    with pytest.raises(overlay.OverlayError, match="found 1 that hold all of it already"):
        overlay.apply(result, once)


@exhaustive
@given(DOCUMENTS, st.sampled_from(STABLE))
def test_after_removal_nothing_matches(document: Any, target: str) -> None:
    twice = made(*({"target": target, "remove": True, "x-n": n} for n in "12"))
    _, (first, second) = overlay.apply_lenient(document, twice)
    assert (first.state == "applied") == bool(first.matched)
    assert second.matched == 0
    assert second.state != "applied"


def without(value: Any) -> Any:
    def stays(item: Any) -> bool:
        return not (isinstance(item, dict) and item.get("b") == "x")

    if isinstance(value, dict):
        return {key: without(item) for key, item in value.items() if stays(item)}
    return [without(item) for item in value if stays(item)] if isinstance(value, list) else value


@exhaustive
@given(DOCUMENTS)
def test_removal_takes_what_matches_and_no_other(document: Any) -> None:
    removal = made({"target": "$..[?@.b == 'x']", "remove": True})
    assert text(overlay.apply(document, removal, strict=False)) == text(without(document))


@exhaustive
@given(st.text(alphabet="$.[]*?@()'\"ab01-:, =!<|&\n\\") | st.text())
def test_any_path_is_taken_or_refused_in_one_line(path: str) -> None:
    try:
        overlay.validate(made({"target": "$" + path, "remove": True}))
    except overlay.OverlayError as error:
        assert "expected an RFC 9535 JSONPath" in str(error)
        assert len(str(error).splitlines()) == 1
