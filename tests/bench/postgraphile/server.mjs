// PostGraphile 5 over the same tables, row-level security on: the municipality stands in a header.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const preset = {
  extends: [PostGraphileAmberPreset],
  disablePlugins: ["PgIndexBehaviorsPlugin"], // planNodes is asked for by kind, which has no index
  pgServices: [
    makePgService({
      connectionString: process.env.BENCH_DATABASE,
      schemas: ["public"],
      pubsub: false,
      poolConfig: { max: 16 },
    }),
  ],
  grafast: {
    explain: false,
    context: (request) => ({
      pgSettings: { "roder.tenant": request.node?.req.headers["x-tenant"] },
    }),
  },
  grafserv: { graphiql: false, watch: false, websockets: false },
};

const server = createServer();
const instance = postgraphile(preset);
await instance.createServ(grafserv).addTo(server);
server.listen(Number(process.argv[2]), "127.0.0.1");
