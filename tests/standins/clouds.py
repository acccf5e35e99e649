"""The clouds as a test sees them: emulations that run, and accounts with zones in them."""

import itertools
import json
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import boto3
from botocore.config import Config
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.standins.cloudflare_tokens import TOKEN
from tests.standins.cloudflare_zone import CloudflareDnsZone
from tests.standins.emulation import CONTROL
from tests.standins.managed_zones import ManagedZone
from tests.standins.server import Server
from tests.standins.tls import make_certificate
from tests.standins.zones import CloudZone, DnsZone, HostedZone

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client

REGION = "us-east-1"
ACCOUNT = "123456789012"
"""The account of credentials that moto does not know."""
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
PROJECT = "dns-production"

_numbers = itertools.count(1)


class Cloud(ABC):
    """A provider with an account of its own for every test."""

    key: ClassVar[str]
    """The provider, as a stack file names it."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the variables that lead the plugin, stand-in or published, to the emulation."""

    @abstractmethod
    def zone(self, name: str) -> CloudZone:
        """Create a zone that no other test has."""


class Aws(Cloud):
    """Route 53, STS and IAM."""

    key = "aws"

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._clients: dict[str, Route53Client] = {}

    @classmethod
    @contextmanager
    def running(cls) -> Generator["Aws"]:
        """Run the emulation until the block ends."""
        with Server.running("tests.standins.route53") as server:
            yield cls(server)

    @property
    def environment(self) -> dict[str, str]:
        """Credentials that moto takes for those of the default account."""
        return {
            "AWS_ENDPOINT_URL": self.server.url,
            # The published plugin looks for that of STS alone, and would ask AWS without it.
            "AWS_ENDPOINT_URL_STS": self.server.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    def client(self, account: str = ACCOUNT) -> "Route53Client":
        """Return a client of Route 53 in *account*."""
        if account not in self._clients:
            self._clients[account] = self._client("route53", self._credentials(account))
        return self._clients[account]

    def iam(self, account: str = ACCOUNT) -> Any:
        """Return a client of IAM in *account*."""
        return self._client("iam", self._credentials(account))

    def user(self, name: str, *statements: Mapping[str, Any]) -> dict[str, str]:
        """Return the variables of a new user with these *statements*, which allow where they say nothing."""
        iam = self.iam()
        iam.create_user(UserName=name)
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", **each} for each in statements],
        }
        iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def _credentials(self, account: str) -> tuple[str | None, ...]:
        own = ("test", "test", None)
        if account == ACCOUNT:
            return own
        sts = self._client("sts", own)
        assumed = sts.assume_role(RoleArn=role_in(account), RoleSessionName="test")["Credentials"]
        return tuple(assumed[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken"))

    def zone(self, name: str, account: str = ACCOUNT, *, private: bool = False) -> HostedZone:
        """Create a hosted zone in *account*."""
        return HostedZone(name, self.server, self.client(account), private=private)

    def _client(self, service: str, credentials: tuple[str | None, ...]) -> Any:
        session: Any = boto3.Session(*credentials, region_name=REGION)
        return session.client(service, endpoint_url=self.server.url, config=Config(proxies={}))


class Azure(Cloud):
    """The Azure Resource Manager."""

    key = "azure"

    def __init__(self, server: Server, certificate: Path) -> None:
        super().__init__(server)
        self.certificate = certificate

    @classmethod
    @contextmanager
    def running(cls, directory: Path) -> Generator["Azure"]:
        """Run the emulation until the block ends, with a certificate below *directory*."""
        certificate = make_certificate(directory)
        with Server.running("tests.standins.arm", str(directory), certificate=certificate) as server:
            yield cls(server, certificate)

    @property
    def environment(self) -> dict[str, str]:
        """A service principal, and the cloud that it belongs to."""
        return {
            "ARM_METADATA_HOSTNAME": self.server.url.removeprefix("https://"),
            "ARM_DISABLE_INSTANCE_DISCOVERY": "true",
            "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
            "ARM_TENANT_ID": "00000000-0000-0000-0000-0000000000aa",
            "ARM_CLIENT_ID": "00000000-0000-0000-0000-0000000000bb",
            "ARM_CLIENT_SECRET": "test",
            "SSL_CERT_FILE": str(self.certificate),
            "NO_PROXY": "127.0.0.1",
        }

    def zone(self, name: str, subscription: str = SUBSCRIPTION, group: str | None = None) -> DnsZone:
        """Create a zone, in a resource group of its own where none is named."""
        return DnsZone(name, self.server, group or f"dns-{next(_numbers)}", subscription)


class Cloudflare(Cloud):
    """Cloudflare, for one token."""

    key = "cloudflare"

    @classmethod
    @contextmanager
    def running(cls) -> Generator["Cloudflare"]:
        """Run the emulation until the block ends."""
        with Server.running("tests.standins.cloudflare") as server:
            yield cls(server)

    @property
    def environment(self) -> dict[str, str]:
        """A token, and where the API is."""
        return {
            "CLOUDFLARE_BASE_URL": f"{self.server.url}/client/v4",
            "CLOUDFLARE_API_TOKEN": TOKEN,
            "NO_PROXY": "127.0.0.1",
        }

    def zone(self, name: str, **given: Any) -> CloudflareDnsZone:
        """Create an active zone of a plan without limits, unless *given* says otherwise."""
        return CloudflareDnsZone(name, self.server, **given)

    def token(self, token: str, **given: Any) -> None:
        """Let *token* be one with these rights."""
        self.server.request("POST", CONTROL + "token", {"token": token, **given})

    @contextmanager
    def limited(self, calls: int, seconds: float) -> Generator[None]:
        """Let a token have so many *calls* in so many *seconds* until the block ends."""
        self.server.request("POST", CONTROL + "limit", [calls, seconds])
        try:
            yield
        finally:
            self.server.request("POST", CONTROL + "limit", [0, 0])


class Google(Cloud):
    """Google Cloud DNS."""

    key = "gcp"

    def __init__(self, server: Server, directory: Path) -> None:
        super().__init__(server)
        self._key_file = directory / "service-account.json"
        private = rsa.generate_private_key(65_537, 2_048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        key = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "1",
            "private_key": private.decode(),
            "client_email": f"pipeline@{PROJECT}.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{server.url}/token",
        }
        self._key_file.write_text(json.dumps(key))

    @classmethod
    @contextmanager
    def running(cls, directory: Path) -> Generator["Google"]:
        """Run the emulation until the block ends, with the key of a service account below *directory*."""
        with Server.running("tests.standins.cloud_dns") as server:
            yield cls(server, directory)

    @property
    def environment(self) -> dict[str, str]:
        """The key of a service account, and where the API is: what gcloud reads, too."""
        return {
            "GOOGLE_APPLICATION_CREDENTIALS": str(self._key_file),
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS": f"{self.server.url}/",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS": f"{self.server.url}/",
            "NO_PROXY": "127.0.0.1",
        }

    def looks(self, number: int) -> None:
        """Let so many looks find a change pending, of zones that are created from now on."""
        self.server.request("POST", CONTROL + "looks", number)

    def zone(self, name: str, project: str = PROJECT, *, visibility: str = "public") -> ManagedZone:
        """Create a managed zone in *project*."""
        return ManagedZone(name, self.server, project, visibility=visibility)


def role_in(account: str) -> str:
    """Return the ARN of a role in *account* that anybody may assume."""
    return f"arn:aws:iam::{account}:role/dns"
