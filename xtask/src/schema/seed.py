#!/usr/bin/env python3
"""Sets a fresh server up: the first admin, an API token of theirs, and one of everything, so that the ids that lists show
lead somewhere. Prints the token's secret.

seed.py URL SETUP-TOKEN
"""

import datetime
import json
import sys
import urllib.error
import urllib.request

URL, TOKEN = sys.argv[1:]
SOON = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).isoformat()
WHY = {"reason_code": "extraction", "reason_text": "Seen.", "expires_at": SOON}
EVIDENCE = [{"code": "shared-phrases", "text": "One template.", "value": 9.5, "disclosable": True}]


def ask(path, body, headers):
    headers = {"content-type": "application/json", **headers}
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), headers)
    try:
        return urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        sys.exit(f"POST {path}: {error} {error.read().decode()}")


answer = ask("/setup", {"token": TOKEN, "name": "ada", "password": "correct horse battery"}, {})
signed_in = {"cookie": answer.headers["set-cookie"].split(";")[0], "x-vigie-csrf": json.load(answer)["csrf"]}


def post(path, body):
    return json.load(ask(path, body, signed_in))


secret = post("/tokens", {"name": "schemathesis", "scopes": ["admin"]})["secret"]
events = ["decision.created", "case.opened", "case.updated"]
post("/webhooks", {"url": "http://127.0.0.1:9/", "events": events})
post("/cases", {"title": "By hand", "kind": "key-takeover", "accounts": ["b1", "b2"]})
for case in post("/hunts/import", {"dir": "found"})["report"]["opened"][:2]:
    post(f"/cases/{case}/takedowns", {"action": "throttle", **WHY})
for action in ["throttle", "ban"]:
    entity = {"type": "account", "id": "a1"}
    decision = post("/decisions", {"entity": entity, "action": action, "evidence": EVIDENCE, **WHY})
    if "appeal_token" in decision:
        post(f"/public/appeals/{decision['appeal_token']}", {"statement": "We are a school."})
post("/exceptions", {"entity": {"type": "org", "id": "o1"}, "reason": "A customer."})
post("/users", {"name": "ben", "role": "viewer", "password": "correct horse battery"})
print(secret)
