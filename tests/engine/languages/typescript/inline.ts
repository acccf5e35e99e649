import { CommandError, LocalWorkspace } from "@pulumi/pulumi/automation";

const operations = ["preview", "up", "refresh", "destroy"] as const;

async function main() {
  const operation = operations.find((known) => known === process.argv[2])!;
  const stack = await LocalWorkspace.createOrSelectStack(
    // As the host for Node does: what the module exports are the outputs.
    { stackName: "demo", projectName: "larger-stack", program: async () => require("./index.js") },
    { workDir: process.cwd() },
  );
  await stack[operation]({
    color: "never",
    onOutput: (text) => process.stdout.write(text),
    onError: (text) => process.stderr.write(text),
  });
}

main().catch((error) => {
  // Of a failed command everything is said.
  if (!(error instanceof CommandError)) console.error(error);
  process.exitCode = 1;
});
