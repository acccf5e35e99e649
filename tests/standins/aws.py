"""A stand-in for the published AWS plugin: hosted zones and record sets of Route 53, over boto3.

It does what terraform-provider-aws 6.67 and later do behind pulumi-aws 7: the same calls in the same order,
the same names, ids and error texts. Credentials, roles, profiles and endpoints come from the provider's
configuration or from the same environment that the AWS SDKs read. What it leaves out: aliases, routing
policies and set identifiers, the creation of private zones, tags, and what is asked about the account where
``skipCredentialsValidation`` is set alone.
"""
# ruff: noqa: ARG002 what a resource type is given is the same for all

import json
import os
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

import boto3
import botocore.exceptions
from botocore.config import Config
from tests.standins.aws_record import Record
from tests.standins.aws_route53 import Hosted, failed, refused
from tests.standins.bridge import multierror
from tests.standins.plugin import (
    UNKNOWN,
    Failure,
    Found,
    Offer,
    Plugin,
    RefusedError,
    Resource,
    provider_schema,
    serve,
)
from tests.standins.wire import Properties

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

DEFAULT_MAX_RETRIES = "25"


def connect(configuration: Properties) -> Offer:
    """Return what the plugin offers with the credentials that *configuration* names."""
    route53 = client(configuration)
    hosted = Hosted(route53)
    return Offer(
        {"aws:route53/record:Record": Record(hosted), "aws:route53/zone:Zone": Zone(hosted)},
        {"aws:route53/getZone:getZone": lambda args: get_zone(hosted, args)},
    )


def client(configuration: Properties) -> "Route53Client":
    """Return a client of Route 53, after the roles of *configuration* have been assumed in turn.

    STS says whose credentials those are, unless that is to be skipped.
    """
    region = configuration.get("region") or os.environ.get("AWS_REGION")
    endpoints: dict[str, str] = {}
    for some in _decoded(configuration.get("endpoints")) or []:
        endpoints |= some
    attempts = int(float(configuration.get("maxRetries") or DEFAULT_MAX_RETRIES))
    retries = Config(retries={"total_max_attempts": attempts, "mode": "standard"})
    session: Any = boto3.Session(
        aws_access_key_id=configuration.get("accessKey"),
        aws_secret_access_key=configuration.get("secretKey"),
        aws_session_token=configuration.get("token"),
        profile_name=configuration.get("profile"),
        region_name=region,
    )
    for role in _decoded(configuration.get("assumeRoles")) or []:
        arn = role["roleArn"]
        try:
            assumed = _sts(session, endpoints, retries).assume_role(
                RoleArn=arn, RoleSessionName=role.get("sessionName") or "pulumi", **_external_id(role)
            )["Credentials"]
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
            raise RefusedError(
                f"Cannot assume IAM Role. IAM Role ({arn}) cannot be assumed: {error}"
            ) from None
        session = boto3.Session(
            assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"], region_name=region
        )
    if configuration.get("skipCredentialsValidation") not in (True, "true"):
        with failed("validating provider credentials: retrieving caller identity from STS"):
            _sts(session, endpoints, retries).get_caller_identity()
    return session.client("route53", endpoint_url=endpoints.get("route53"), config=retries)


def _sts(session: Any, endpoints: dict[str, str], retries: Config) -> Any:
    """Return a client of STS, for which the published plugin does not look at ``AWS_ENDPOINT_URL``.

    Without an address of its own that would ask AWS, which a stand-in does not.
    """
    url = endpoints.get("sts") or os.environ.get("AWS_ENDPOINT_URL_STS")
    if not url:
        raise RefusedError("AWS_ENDPOINT_URL_STS is not set, and a stand-in does not ask the STS of AWS")
    return session.client("sts", endpoint_url=url, config=retries)


class Zone(Resource):
    """``aws:route53/zone:Zone``: a public hosted zone."""

    identity = frozenset({"name"})
    bridged = True

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted

    def check(self, name: str, inputs: Properties) -> tuple[Properties, list[Failure]]:
        """Fill the defaults in."""
        failures = [] if inputs.get("name") else [Failure("name", "Missing required property 'name'")]
        return {"comment": "Managed by Pulumi", "forceDestroy": False, **inputs}, failures

    def changed(self, outputs: Properties, old: Properties, new: Properties) -> set[str]:
        """Compare the name without its final dot, and the comment."""
        given = {**new, "name": new["name"].removesuffix(".")}
        return {key for key in ("name", "comment") if given.get(key) != outputs.get(key)}

    def preview(self, inputs: Properties) -> Properties:
        """Return the inputs; the id and the name servers are Route 53's to choose."""
        later = dict.fromkeys(("arn", "nameServers", "primaryNameServer", "zoneId"), UNKNOWN)
        return {**inputs, "name": inputs["name"].removesuffix("."), **later}

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Create the zone."""
        reference = f"pulumi-{os.urandom(8).hex()}"
        comment = inputs["comment"]
        with failed("creating Route53 Hosted Zone"):
            created = self._hosted.client.create_hosted_zone(
                Name=inputs["name"], CallerReference=reference, HostedZoneConfig={"Comment": comment}
            )
        id_ = created["HostedZone"]["Id"].removeprefix("/hostedzone/")
        return id_, self._outputs(id_, inputs)

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        """Look the zone up by its id."""
        with failed(f"reading Route53 Hosted Zone ({id_})"):
            if self._hosted.zone(id_) is None:
                return None
        now = self._outputs(id_, inputs)
        return Found(id_, inputs or {"name": now["name"], "comment": now["comment"]}, now)

    def update(self, outputs: Properties, inputs: Properties) -> Properties:
        """Change the comment."""
        id_ = outputs["zoneId"]
        with failed(f"updating Route53 Hosted Zone ({id_}) comment"):
            self._hosted.client.update_hosted_zone_comment(Id=id_, Comment=inputs["comment"])
        return self._outputs(id_, inputs)

    def delete(self, id_: str, outputs: Properties) -> None:
        """Delete the zone, which must be empty."""
        with failed(f"deleting Route53 Hosted Zone ({id_})"):
            if self._hosted.zone(id_) is not None:
                self._hosted.client.delete_hosted_zone(Id=id_)

    def _outputs(self, id_: str, inputs: Properties) -> Properties:
        zone = self._hosted.client.get_hosted_zone(Id=id_)
        servers = zone["DelegationSet"]["NameServers"]
        return {
            **inputs,
            "id": id_,
            "zoneId": id_,
            "arn": f"arn:aws:route53:::hostedzone/{id_}",
            "name": zone["HostedZone"]["Name"].removesuffix("."),
            "comment": zone["HostedZone"].get("Config", {}).get("Comment", ""),
            "nameServers": sorted(servers),
            "primaryNameServer": servers[0],
        }


def get_zone(hosted: Hosted, args: Properties) -> Properties:
    """Find the hosted zone of an id, whatever its name and kind, or the one of a name and kind."""
    try:
        zone = _by_id(hosted, args["zoneId"]) if args.get("zoneId") else _by_name(hosted, args)
        id_ = zone["Id"].removeprefix("/hostedzone/")
        with failed(f"reading Route53 Hosted Zone ({id_})"):
            detail = hosted.client.get_hosted_zone(Id=id_)
        with failed(f"listing Route 53 Hosted Zone ({id_}) tags"):
            tags = hosted.client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)
    except RefusedError as error:
        raise RefusedError(f"invoking aws:route53/getZone:getZone: {multierror(str(error))}") from None
    servers = detail.get("DelegationSet", {}).get("NameServers", [])
    return {
        "id": id_,
        "zoneId": id_,
        "arn": f"arn:aws:route53:::hostedzone/{id_}",
        "name": zone["Name"].removesuffix("."),
        "privateZone": _is_private(zone),
        "callerReference": zone["CallerReference"],
        "nameServers": servers,
        "primaryNameServer": servers[0] if servers else "",
        "resourceRecordSetCount": zone.get("ResourceRecordSetCount", 0),
        "tags": {tag.get("Key", ""): tag.get("Value", "") for tag in tags["ResourceTagSet"].get("Tags", [])},
    }


def _by_id(hosted: Hosted, zone_id: str) -> Any:
    try:
        zone = hosted.zone(zone_id)
    except botocore.exceptions.ClientError as error:
        raise RefusedError(refused(error)) from None
    if zone is None:
        raise RefusedError("couldn't find resource")
    return zone


def _by_name(hosted: Hosted, args: Properties) -> Any:
    wanted = (args.get("name", "").removesuffix(".").lower(), bool(args.get("privateZone")))
    with failed("reading Route 53 Hosted Zones"):
        found = [z for z in hosted.all() if (z["Name"].removesuffix("."), _is_private(z)) == wanted]
    if len(found) != 1:
        many = (
            "multiple Route 53 Hosted Zones matched; use additional constraints to reduce matches to a "
            "single Route 53 Hosted Zone"
        )
        raise RefusedError(many if found else "no matching Route 53 Hosted Zone found")
    return found[0]


def _is_private(zone: Any) -> bool:
    return bool(zone.get("Config", {}).get("PrivateZone"))


def _external_id(role: dict[str, str]) -> Any:
    return {"ExternalId": role["externalId"]} if role.get("externalId") else {}


def _decoded(value: object) -> list[dict[str, Any]] | None:
    """Return a nested value of the configuration, which comes as JSON in a text."""
    return json.loads(value) if isinstance(value, str) else cast("list[dict[str, Any]] | None", value)


def main() -> None:
    """Serve under the version of the installed SDK."""
    known = version("pulumi-aws")
    serve(Plugin("aws", known, connect, provider_schema("aws", known, "region")))
