import { LocalWorkspace } from "@pulumi/pulumi/automation";

async function main() {
  const stack = await LocalWorkspace.createOrSelectStack({
    stackName: "demo",
    projectName: "hosts",
    program: async () => ({ greeting: "hello from TypeScript" }),
  });
  await stack.up();
  console.log(JSON.stringify(await stack.outputs()));
}

main();
