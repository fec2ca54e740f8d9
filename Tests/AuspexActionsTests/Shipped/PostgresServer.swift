import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

/// The real PostgreSQL on a port of its own, with the role `auspex` as the runbooks ask for it, and a role `app`.
///
/// A class because its users share its sessions.
final class PostgresServer: Sendable {
    let site: TestSite
    let psql: String
    let port: Int
    private let processes: Mutex<[ServerProcess]>

    /// Hands a running server to `body`, and stops it and its sessions when that has ended.
    static func running(_ body: (PostgresServer) async throws -> Void) async throws {
        let server = try await PostgresServer()
        do {
            try await server.prepare()
            try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private init() async throws {
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
        let server = ServerProcess(
            site: site,
            argv: asUser + [
                tools + "/postgres", "-D", data, "-p", "\(port)", "-k", data, "-h", "127.0.0.1", "-F",
            ])
        processes = Mutex([server])
    }

    private func prepare() async throws {
        try await TestSite.wait { (try? await query("SELECT 1")) == "1" }
        try await query(
            "CREATE ROLE app LOGIN; CREATE ROLE auspex LOGIN; GRANT pg_monitor, pg_signal_backend TO auspex")
    }

    private func stop() async {
        // The sessions first: the server is the oldest.
        for process in processes.withLock({ $0 }).reversed() { await process.stop() }
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

    /// Begins a session, which goes on until the server ends it.
    ///
    /// - Parameters:
    ///   - statement: What it does; then it stays idle.
    ///   - role: Whose it is.
    func begin(_ statement: String, role: String = "app") {
        let session = ServerProcess(
            site: site, argv: arguments(role: role) + ["--command=\(statement)", "--command=\\! sleep 300"])
        processes.withLock { $0.append(session) }
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

    /// How many sessions of a role are in this state.
    func sessions(_ state: String, role: String = "app") async throws -> Int? {
        Int(try await query("SELECT count(*) FROM pg_stat_activity WHERE usename = '\(role)' AND state = '\(state)'"))
    }
}

/// A program that runs beside the test until it is stopped.
struct ServerProcess: Sendable {
    private let stops: AsyncStream<Void>.Continuation
    private let running: Task<Void, Never>

    init(site: TestSite, argv: [String]) {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        stops = continuation
        // It outlives the call that starts it, by design.
        running = Task { _ = try? await site.run(argv, stops: stream, within: .minutes(10)) }
    }

    /// Ends it, and waits until it has ended.
    func stop() async {
        stops.yield()
        await running.value
    }
}
