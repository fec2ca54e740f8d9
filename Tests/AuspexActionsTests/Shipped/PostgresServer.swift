import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The real PostgreSQL on a port of its own, with the role `auspex` as the runbooks ask for it, and a role `app`.
///
/// A class because its processes end with it.
final class PostgresServer: Sendable {
    let site: TestSite
    let psql: String
    let port: Int
    private let server: ServerProcess

    /// Creates a database and starts its server.
    init() async throws {
        site = try TestSite()
        psql = try #require(Tools.psql)
        port = try FreePort.next()
        let tools = try #require(Tools.postgres)
        // PostgreSQL refuses to run as root.
        let asUser = geteuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] : []
        let data = site.path + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        if !asUser.isEmpty { try await site.run(["/usr/bin/chown", "postgres", data]) }
        try await site.run(
            asUser + [
                tools + "/initdb", "--pgdata=\(data)", "--username=postgres", "--auth=trust", "--no-sync",
                "--encoding=UTF8", "--locale=C",
            ])
        server = ServerProcess(
            site: site,
            argv: asUser + [
                tools + "/postgres", "-D", data, "-p", "\(port)", "-k", data, "-h", "127.0.0.1", "-F",
            ])
        try await TestSite.wait { (try? await query("SELECT 1")) == "1" }
        try await query(
            "CREATE ROLE app LOGIN; CREATE ROLE auspex LOGIN; GRANT pg_monitor, pg_signal_backend TO auspex")
    }

    deinit {
        // At once, because the test program may end before anybody hears that the server is to stop.
        let file = site.text("data/postmaster.pid")
        if let pid = file.split(separator: "\n").first.flatMap({ pid_t($0) }), pid > 1 { kill(pid, SIGQUIT) }
        server.stop()
    }

    private func arguments(role: String) -> [String] {
        [
            psql, "--no-psqlrc", "--no-password", "--host=127.0.0.1", "--port=\(port)", "--username=\(role)",
            "--dbname=postgres", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
        ]
    }

    /// Asks the server as its administrator.
    @discardableResult
    func query(_ statement: String) async throws -> String {
        try await site.run(arguments(role: "postgres") + ["--command=\(statement)"])
    }

    /// A session of the role `app` that goes on until the server ends it, or the test does.
    ///
    /// - Parameter statement: What it does; then it stays idle.
    func session(_ statement: String) -> ServerProcess {
        ServerProcess(
            site: site, argv: arguments(role: "app") + ["--command=\(statement)", "--command=\\! sleep 300"])
    }

    /// What names the query that contains `text`, once there is one: its parameters for a runbook.
    func query(containing text: String) async throws -> [String: String] {
        var found = ""
        try await TestSite.wait {
            found = try await self.query(
                """
                SELECT pid, backend_start AT TIME ZONE 'UTC', query_start AT TIME ZONE 'UTC' FROM pg_stat_activity
                WHERE usename = 'app' AND query LIKE '%\(text)%' AND state <> 'idle'
                """)
            return !found.isEmpty
        }
        let parts = found.split(separator: "|").map(String.init)
        try #require(parts.count == 3)
        return ["pid": parts[0], "backend_start": parts[1], "query_start": parts[2]]
    }

    /// How many sessions of the role `app` are in this state.
    func sessions(_ state: String) async throws -> Int? {
        Int(try await query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND state = '\(state)'"))
    }
}

/// A program that runs beside the test until it is stopped or the object goes away.
///
/// A class because it ends with its last owner.
final class ServerProcess: Sendable {
    private let stops: AsyncStream<Void>.Continuation

    init(site: TestSite, argv: [String]) {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        stops = continuation
        // It outlives the call that starts it, by design.
        Task { _ = try? await site.run(argv, stops: stream, within: .minutes(10)) }
    }

    deinit { stop() }

    /// Ends it.
    func stop() { stops.yield() }
}
