import * as pulumi from "@pulumi/pulumi";
import { XmppFederationDns } from "xmpp-federation-dns";

const config = new pulumi.Config();
const network = new pulumi.StackReference(config.require("network"));

const federation = new XmppFederationDns("federation", {
  domains: ["contoso.com"],
  edgePools: [{ ipv4: [network.requireOutput("edgeAddress")] }],
  zones: [
    {
      provider: "rfc2136",
      name: "contoso.com",
      server: config.require("server"),
      port: config.getNumber("port"),
      tsigKeyName: config.require("tsigKeyName"),
    },
  ],
});

export const records = federation.records;
export const srv = federation.records.apply((published) => published[0].values[0]);
