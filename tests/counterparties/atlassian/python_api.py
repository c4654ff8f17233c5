"""atlassian-python-api as a client of the imitation of Atlassian: its hand-written client of service desks, and those that were made from the description.

    python_api.py SITE EMAIL TOKEN [--planted]

Ends well when everything was as at Atlassian; with --planted, when something was not: the imitation has been given a fault.
"""

import importlib.metadata
import logging
import pathlib
import sys

from atlassian import ServiceDesk
from atlassian.jira import JiraCloud, JiraServiceManagement
from requests import HTTPError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import judged

NAME = f"atlassian-python-api {importlib.metadata.version('atlassian-python-api')}"
ADA, BEN = "ada@customer.example", "ben@customer.example"
OPT_IN = ServiceDesk.experimental_headers


def same(found, expected) -> None:
    if found != expected:
        raise AssertionError(f"{found!r}, not {expected!r}")


def refused(status: int, call, *arguments, **named) -> None:
    """The library says so too."""
    try:
        call(*arguments, **named)
    except HTTPError as error:
        same(error.response.status_code, status)
        if not str(error):
            raise AssertionError("an error without words") from error
    else:
        raise AssertionError(f"not refused with {status}")


def every(page_at, key: str) -> list:
    """One field of all entries of a list, page by page."""
    found, last = [], False
    while not last:
        page = page_at(len(found))
        same(page["start"], len(found))
        found += [entry[key] for entry in page["values"]]
        last = page["isLastPage"]
    return found


class Client:
    """The same account in the library's three clients."""

    def __init__(self, site: str, email: str, token: str):
        account = {"url": site, "username": email, "password": token, "cloud": True}
        self.email = email
        self.desk = ServiceDesk(**account)
        account.pop("cloud")
        self.jira, self.made = JiraCloud(**account), JiraServiceManagement(**account)

    def ask(self) -> None:
        self.account()
        desk = self.desks()
        ada = self.customers(desk)
        self.organizations(desk, ada)

    def account(self) -> None:
        same(self.jira.get_current_user()["emailAddress"], self.email)
        held = self.jira.get_my_permissions(permissions="ADMINISTER,USER_PICKER")["permissions"]
        same([held[key]["havePermission"] for key in ("ADMINISTER", "USER_PICKER")], [True, True])
        same(self.jira.get_server_info()["deploymentType"], "Cloud")

    def desks(self) -> str:
        found = self.desk.get_service_desks()
        same([desk["projectKey"] for desk in found], ["HELP", "BILL", "HR"])
        first = found[0]["id"]
        same({kind["portalId"] for kind in self.desk.get_request_types(first)["values"]}, {"4"})
        refused(404, self.desk.get_service_desk_by_id, "99")
        return first

    def customers(self, desk: str) -> str:
        ada = self.desk.create_customer("Ada Lovelace", ADA)["accountId"]
        refused(400, self.desk.create_customer, "Ada Lovelace", ADA)
        again = {"displayName": "Ada Lovelace", "email": ADA}
        refused(409, self.made.create_customer_customer_post, strict_conflict_status_code="true", data=again)
        found = self.jira.find_users(query=ADA)
        same([(user["accountId"], user["accountType"]) for user in found], [(ada, "customer")])
        same(self.jira.get_user(account_id=ada)["emailAddress"], ADA)
        self.desk.add_customers(desk, list_of_accountids=[ada])
        same(self.desk.get_customers(desk, query=ADA)["values"][0]["accountId"], ada)
        refused(400, self.desk.add_customers, desk, list_of_accountids=["qm:nobody"])
        self.desk.remove_customers(desk, list_of_accountids=[ada])
        same(self.desk.get_customers(desk)["values"], [])
        self.invite(desk)
        return ada

    def invite(self, desk: str) -> None:
        body = {"displayName": "Ben", "email": BEN}
        ben = self.made.invite_customer(desk, data=body, headers=OPT_IN)["accountId"]
        refused(400, self.made.invite_customer, desk, data=body, headers=OPT_IN)
        same(self.desk.get_customers(desk)["values"][0]["accountId"], ben)
        self.made.revoke_portal_only_access_for_user(ben)
        refused(404, self.made.revoke_portal_only_access_for_user, "qm:nobody")

    def organizations(self, desk: str, ada: str) -> None:
        made = [self.desk.create_organization(name)["id"] for name in ("Acme", "Beta", "Ceti")]
        same(self.desk.create_organization("Acme")["id"], made[0])
        same(every(lambda start: self.desk.get_organizations(start=start), "id"), made)
        acme = int(made[0])
        same(self.desk.get_organization(acme)["scimManaged"], False)
        self.desk.add_users_to_organization(acme, account_list=[ada])
        self.desk.add_organization(desk, acme)
        same(every(lambda start: self.desk.get_organizations(desk, start), "name"), ["Acme"])
        theirs = self.made.get_organizations_organization_get(account_id=ada)
        same([one["name"] for one in theirs["values"]], ["Acme"])
        same(every(lambda start: self.desk.get_users_in_organization(acme, start), "accountId"), [ada])
        self.desk.remove_users_from_organization(acme, account_list=[ada])
        same(self.desk.get_users_in_organization(acme)["values"], [])
        refused(404, self.desk.get_organization, 99)


def main(site: str, email: str, token: str, planted: bool) -> int:
    logging.disable()
    fault = None
    try:
        Client(site, email, token).ask()
    except Exception as error:  # Whatever the library or a check makes of it.
        fault = error
    if planted:
        judged.write(NAME, "planted: bad answer", "refused as it should" if fault else "accepted WRONGLY")
        print(repr(fault or "nothing amiss"))
    else:
        judged.write(NAME, "the imitation of Atlassian", "refused, WRONGLY" if fault else "accepted")
        if fault:
            raise fault
    return 0 if bool(fault) == planted else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4], planted="--planted" in sys.argv))
