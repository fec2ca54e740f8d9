import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// end-blocking-sessions and end-runaway-query, with the real PostgreSQL.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: Tools.postgres != nil && Tools.psql != nil, "needs postgresql"))
struct PostgresRunbookTests {
    private func parameters(_ server: PostgresServer) -> [String: String] {
        ["instance": "127.0.0.1:9187", "host": "127.0.0.1", "port": "\(server.port)"]
    }

    /// The plan with a shorter time than people may give, so that nobody has to wait for it.
    private func impatient(_ site: ShippedSite, _ parameters: [String: String]) throws -> Plan {
        var plan = try site.plan(parameters)
        let index = try #require(plan.steps.firstIndex { $0.id == "end-idle-transactions" })
        guard case .operation(.run(var command)) = plan.steps[index].action else {
            throw ToolError(description: "end-idle-transactions runs nothing")
        }
        command.argv = command.argv.map { $0 == "--set=seconds=60" ? "--set=seconds=1" : $0 }
        plan.steps[index].action = .operation(.run(command))
        return plan
    }

    @Test("sessions that sit idle inside a transaction are ended, and no others, nor those of superusers")
    func idleTransactions() async throws {
        try await PostgresServer.running { server in
            server.begin("BEGIN", role: "postgres")
            for statement in ["BEGIN", "SELECT 1", "SELECT pg_sleep(300)"] { server.begin(statement) }
            try await TestSite.wait {
                let states = try await (
                    server.sessions("idle in transaction"), server.sessions("idle"), server.sessions("active"),
                    server.sessions("idle in transaction", role: "postgres")
                )
                return states == (1, 1, 1, 1)
            }
            let site = try ShippedSite("end-blocking-sessions", in: server.site, installed: [server.psql])
            // Not for an hour yet.
            var run = try await site.run(parameters(server).merging(["idle_seconds": "3600"]) { $1 })
            #expect(run.status == .verified, "\(run.story)")
            #expect(try site.evidence(of: run).contains("idle in transaction"))
            #expect(try await server.sessions("idle in transaction") == 1)

            try await TestSite.wait {
                try await server.query(
                    """
                    SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'
                    AND state_change < now() - interval '1.1 s'
                    """) == "2"
            }
            run = try await site.run(impatient(site, parameters(server)))
            #expect(run.status == .verified, "\(run.story)")
            try await TestSite.wait { try await server.sessions("idle in transaction") == 0 }
            #expect(try await server.sessions("idle") == 1)
            #expect(try await server.sessions("active") == 1)
            #expect(try await server.sessions("idle in transaction", role: "postgres") == 1)
        }
    }

    private static let runbooks = ["end-blocking-sessions", "end-runaway-query"]

    /// Parameters that only one of the runbooks needs: a query that is long over.
    private func query(of id: String) -> [String: String] {
        let start = "2026-01-01 10:00:00"
        return id == "end-runaway-query" ? ["pid": "1", "backend_start": start, "query_start": start] : [:]
    }

    @Test("the alert of the rule that asked is what must be clear, and no other", arguments: runbooks)
    func asked(id: String) throws {
        let site = try ShippedSite(id)
        let parameters = query(of: id).merging(["instance": "db1:9187", "host": "db1"]) { $1 }
        for rule in ["transaction-blocks-others", "postgres-sessions-blocked"] {
            let given = rule == "transaction-blocks-others" ? [:] : ["alert": rule]
            let plan = try site.plan(parameters.merging(given) { $1 })
            #expect(plan.verification.clearAlerts == [.init(rule: rule, labels: ["instance": "db1:9187"])])
        }
    }

    @Test("a server that does not answer is told to people", arguments: runbooks)
    func unreachable(id: String) async throws {
        let site = try ShippedSite(id, installed: [try #require(Tools.psql)])
        let parameters = ["instance": "127.0.0.1:9187", "host": "127.0.0.1", "port": "\(try FreePort.next())"]
        let run = try await site.run(parameters.merging(query(of: id)) { $1 })
        #expect(run.status == .failed, "\(run.story)")
        #expect(site.messages.count == 1)
    }

    @Test("a query is asked to stop, and its session goes on", arguments: [nil, true, false])
    func cancelled(happened: Bool?) async throws {
        try await PostgresServer.running { server in
            server.begin(
                "DO $$ BEGIN PERFORM pg_sleep(300); EXCEPTION WHEN query_canceled THEN NULL; END $$")
            let query = try await server.query(containing: "pg_sleep(300)")
            let site = try ShippedSite("end-runaway-query", in: server.site, installed: [server.psql])
            let run = try await site.run(
                parameters(server).merging(query) { $1 },
                losing: happened.map { .init(step: "cancel", happened: $0) })
            #expect(run.status == .verified, "\(run.story)")
            #expect(run.state(of: "stopped") == .done)
            // Nobody's session is ended once its query has stopped.
            #expect(run.state(of: "terminate") == .skipped && run.state(of: "gone") == .skipped)
            #expect(try site.evidence(of: run).contains("pg_sleep(300)"))
            #expect(try await server.sessions("idle") == 1)
        }
    }

    @Test("a query that does not stop when it is asked to is ended with its session")
    func terminated() async throws {
        try await PostgresServer.running { server in
            server.begin(
                """
                DO $$ BEGIN LOOP
                  BEGIN PERFORM pg_sleep(300); EXCEPTION WHEN query_canceled THEN NULL; END;
                END LOOP; END $$
                """)
            let query = try await server.query(containing: "pg_sleep(300)")
            let site = try ShippedSite("end-runaway-query", in: server.site, installed: [server.psql])
            let run = try await site.run(parameters(server).merging(query) { $1 })
            #expect(run.status == .verified, "\(run.story)")
            #expect(run.state(of: "stopped") == .failed)
            #expect(run.state(of: "gone") == .done)
            #expect(try await server.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == "0")
        }
    }

    @Test(
        "neither another process of the same number nor the next query of a session is touched",
        arguments: ["backend_start", "query_start"])
    func anotherQuery(start: String) async throws {
        try await PostgresServer.running { server in
            server.begin("SELECT pg_sleep(300)")
            var query = try await server.query(containing: "pg_sleep(300)")
            query[start] = "2026-01-01 10:00:00"
            let site = try ShippedSite("end-runaway-query", in: server.site, installed: [server.psql])
            let run = try await site.run(parameters(server).merging(query) { $1 })
            #expect(run.status == .verified, "\(run.story)")
            #expect(try await server.sessions("active") == 1)
        }
    }
}
