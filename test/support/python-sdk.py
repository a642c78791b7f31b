"""The market's official Python SDK, driven over HTTP. Reads what to ask from standard input, and prints what the SDK made of the answers as JSON."""
import json
import sys

from merge import Merge
from merge.core.api_error import ApiError


def plain(value):
    """A parsed record as JSON values, instants as text."""
    if hasattr(value, "model_dump_json"):
        return json.loads(value.model_dump_json())
    if hasattr(value, "json"):
        return json.loads(value.json())
    return value


def refused(call):
    try:
        call()
    except ApiError as error:
        body = error.body if isinstance(error.body, dict) else {}
        return {"status": error.status_code, "problem": [one.get("problem_type") for one in body.get("errors", [])]}
    return None


asked = json.load(sys.stdin)
told = {}
for one in asked["resources"]:
    client = Merge(base_url=asked["base_url"], api_key=asked["api_key"], account_token=one["token"])
    resource = getattr(getattr(client, one["category"]), one["name"])
    expand = {"expand": one["expand"]} if one["expand"] else {}
    page = resource.list(page_size=1, **expand)
    rest = resource.list(cursor=page.next, page_size=1, **expand)
    told[f'{one["category"]}.{one["name"]}'] = {
        "listed": [plain(record) for record in [*page.results, *rest.results]],
        "retrieved": plain(resource.retrieve(page.results[0].id, **expand)),
        "classes": sorted({type(record).__name__ for record in [*page.results, *rest.results]}),
        "unknown": refused(lambda: resource.retrieve("0f3c0000-1111-8222-8333-444455556666")),
        "unauthenticated": refused(lambda: getattr(getattr(Merge(base_url=asked["base_url"], api_key="nonsense", account_token=one["token"]), one["category"]), one["name"]).list()),
    }
json.dump(told, sys.stdout)
