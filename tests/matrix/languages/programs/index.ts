import * as pulumi from "@pulumi/pulumi";
import { Provider, RecordSet, XmppFederationDns } from "xmpp-federation-dns";

const config = new pulumi.Config();

class Machine extends pulumi.CustomResource {
  declare readonly address: pulumi.Output<string>;

  constructor(name: string, planned: string) {
    super("machine:index:Machine", name, { planned, address: undefined });
  }
}

class Published extends pulumi.ProviderResource {}

function built(explicit: { package: string; properties: object }) {
  return explicit.package === "xmpp-federation-dns"
    ? new Provider("mine", explicit.properties)
    : new Published(explicit.package, "mine", explicit.properties);
}

function publish() {
  const explicit = config.getObject<{ package: string; properties: object; zone: boolean }>("provider");
  const provider = explicit && built(explicit);
  const ofZone = explicit?.zone ? { explicitProvider: provider } : {};
  const federation = new XmppFederationDns(
    "federation",
    {
      domains: [config.require("domain")],
      edgePools: [{ ipv4: [new Machine("edge", config.require("address")).address, config.requireSecret("hidden")] }],
      zones: [{ ...config.requireObject<any>("zone"), ...ofZone }],
      srvTtl: config.requireNumber("srvTtl"),
    },
    { providers: provider && !explicit.zone ? [provider] : [] },
  );
  return federation.records;
}

const kept = config.getObject<any>("recordSet");
const inputs = config.getObject<any>("inputs");
export const records = inputs
  ? new XmppFederationDns("federation", inputs).records
  : kept
    ? new RecordSet("imported", kept).recordSets
    : publish();
