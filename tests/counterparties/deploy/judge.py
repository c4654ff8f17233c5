"""Judges the files that operators take along: a line with {"kind", "text"} comes in, a line with {"faults"} goes out; of kind "read" comes {"read"}.

What speaks for itself (a Kubernetes object, a compose file, a Dockerfile) is judged by the schema or the linter that its own tools use; terraform's schema
of AWS is in a plug-in that cannot be fetched everywhere, so its resource is compared with the arguments that the plug-in's documentation lists.
"""

import json
import pathlib
import subprocess
import sys

import check_jsonschema
import hcl2
import jsonschema
import kubernetes_validate
import yaml

# check-jsonschema carries the schema of the Compose Specification.
COMPOSE = pathlib.Path(check_jsonschema.__file__).parent / "builtin_schemas/vendor/compose-spec.json"
# The oldest that is still widely run, and the newest that the package knows.
KUBERNETES = ["1.29", "1.37"]
# The arguments of aws_cognito_user_pool_client in the documentation of hashicorp/aws, without those for analytics.
APP_CLIENT = set(
    """name user_pool_id access_token_validity allowed_oauth_flows_user_pool_client allowed_oauth_flows allowed_oauth_scopes auth_session_validity
    callback_urls default_redirect_uri enable_token_revocation enable_propagate_additional_user_context_data explicit_auth_flows generate_secret
    id_token_validity logout_urls prevent_user_existence_errors read_attributes refresh_token_validity supported_identity_providers token_validity_units
    write_attributes""".split()
)


def kubernetes(text: str) -> list[str]:
    faults = []
    for thing in yaml.safe_load_all(text):
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(thing, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                faults.append(f"{version}: {error.message}")
        if thing["kind"] == "Deployment":
            faults += restricted(thing["spec"]["template"]["spec"])
    return faults


def restricted(pod: dict) -> list[str]:
    """What the Pod Security Standard "restricted" asks for, and a file system that nobody writes to."""
    faults = []
    everybody = pod.get("securityContext", {})
    for container in pod["containers"]:
        own = container.get("securityContext", {})
        wanted = {
            "runAsNonRoot": everybody.get("runAsNonRoot") is True and everybody.get("runAsUser", 1) != 0,
            "seccompProfile": everybody.get("seccompProfile", {}).get("type") == "RuntimeDefault",
            "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
            "capabilities": own.get("capabilities") == {"drop": ["ALL"]},
            "readOnlyRootFilesystem": own.get("readOnlyRootFilesystem") is True,
            "no privileges": not own.get("privileged"),
        }
        faults += [f"{container['name']}: {name}" for name, holds in wanted.items() if not holds]
    if any(pod.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
        faults.append("it shares something with its host")
    return faults


def compose(text: str) -> list[str]:
    schema = json.loads(COMPOSE.read_text())
    judge = jsonschema.validators.validator_for(schema)(schema)
    return [f"{error.json_path}: {error.message}" for error in judge.iter_errors(yaml.safe_load(text))]


def dockerfile(text: str) -> list[str]:
    hadolint = pathlib.Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, "--no-color", "-"], input=text, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines() if done.returncode else []


def terraform(text: str) -> list[str]:
    try:
        read = hcl2.loads(text)
    except Exception as error:  # the parser has no class of errors of its own
        return [str(error)]
    clients = [
        client
        for resource in read.get("resource", [])
        for kind, named in resource.items()
        if kind.strip('"') == "aws_cognito_user_pool_client"
        for client in named.values()
    ]
    faults = []
    for client in clients:
        given = {name for name in client if not name.startswith("__")}
        faults += [f"{name} is no argument of it" for name in sorted(given - APP_CLIENT)]
        flows = [flow.strip('"') for flow in client.get("allowed_oauth_flows", [])]
        if flows != ["code"]:
            faults.append(f"the flows are {flows}")
    return faults


KINDS = {"kubernetes": kubernetes, "compose": compose, "Dockerfile": dockerfile, "terraform": terraform}

for line in sys.stdin:
    asked = json.loads(line)
    if asked["kind"] == "read":
        answer = {"read": list(yaml.safe_load_all(asked["text"]))}
    else:
        answer = {"faults": KINDS[asked["kind"]](asked["text"])}
    print(json.dumps(answer), flush=True)
