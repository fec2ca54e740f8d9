import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

@testable import AuspexActions

@Suite(.timeLimit(.minutes(2))) struct HealthPerformerTests {
    /// A clock that stands still.
    private struct StoppedClock: WallClock {
        var time = SystemWallClock().now()
        func now() -> Timestamp { time }
    }

    /// Answers every operation with the same result, and remembers what it was asked.
    private final class FakePerformer: Performer {
        let result: OperationResult
        let orders = Mutex<[OperationOrder]>([])

        init(_ result: OperationResult) { self.result = result }

        func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
            orders.withLock { $0.append(order) }
            return result
        }

        func locate(_ order: OperationOrder) async -> Located { .unknown }
        func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult { result }
    }

    private func performer(
        hosts: [String] = [], commands: OperationResult = .refused("none"), lookUp: HostResolver = .system,
        clock: any WallClock = SystemWallClock()
    ) throws -> HealthPerformer {
        let list = try HostAllowList(hosts)
        return HealthPerformer(
            processes: FakePerformer(commands), requests: HTTPPerformer(hosts: list),
            network: NetworkProbes(hosts: list, resolver: lookUp, clock: clock), host: HostProbes(clock: clock))
    }

    private func order(_ check: HealthCheck, timeout: TimeSpan = .seconds(30)) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: "r1", path: "steps/look", attempt: 1), operation: .health(check), effect: .read,
            idempotencyKey: "k", timeout: timeout)
    }

    private func look(
        _ probe: HealthCheck.Probe, by performer: HealthPerformer, slowAfter: TimeSpan? = nil,
        timeout: TimeSpan = .seconds(20)
    ) async -> JSONValue {
        let check = HealthCheck(component: "it", probe: probe, timeout: timeout, slowAfter: slowAfter)
        return await performer.perform(order(check), .silent).json ?? .null
    }

    private func freePort() throws -> Int { try LoopbackServer(.hangUp).port }

    // MARK: - Other hosts

    @Test("a connection that can be made is ok, one that is refused is not, and one that is not allowed is unknown")
    func tcp() async throws {
        let server = try LoopbackServer(.silence)
        let closed = try freePort()
        let performer = try performer(hosts: ["127.0.0.1:\(server.port)", "127.0.0.1:\(closed)"])
        let open = await look(.tcp(.init(host: "127.0.0.1", port: server.port)), by: performer)
        #expect(open["status"] == .string("ok") && open["component"] == .string("it"))
        #expect(open["measured"]?["seconds"]?.double != nil)
        let refused = await look(.tcp(.init(host: "127.0.0.1", port: closed)), by: performer)
        #expect(refused["status"] == .string("fail") && refused["message"] == .string("Connection refused"))
        let other = await look(.tcp(.init(host: "127.0.0.1", port: 1)), by: performer)
        #expect(other["status"] == .string("unknown"))
        #expect(other["message"]?.string?.contains("actions.check_hosts") ?? false)
    }

    @Test("a page is ok by its status and its text")
    func http() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("all ok"))
        let performer = try performer(hosts: ["127.0.0.1:\(server.port)"])
        func page(_ url: String, _ statuses: [Int] = [], _ text: String? = nil) async -> String? {
            let request = Request(method: "GET", url: url, expectedStatuses: statuses)
            return await look(.http(.init(request: request, contains: text)), by: performer)["status"]?.string
        }
        let url = "http://127.0.0.1:\(server.port)/health"
        #expect(await page(url) == "ok")
        #expect(await page(url, [200], "all ok") == "ok")
        #expect(await page(url, [200], "broken") == "fail")
        #expect(await page(url, [204]) == "fail")
        #expect(await page("http://127.0.0.1:1/") == "unknown")
        #expect(server.requests.allSatisfy { $0.hasPrefix("GET /health ") })
    }

    @Test("a server that does not answer has failed, within the time")
    func late() async throws {
        let server = try LoopbackServer(.silence)
        let performer = try performer(hosts: ["127.0.0.1:\(server.port)"])
        let request = Request(method: "GET", url: "http://127.0.0.1:\(server.port)/")
        let answer = await look(
            .http(.init(request: request)), by: performer, timeout: TimeSpan(milliseconds: 200))
        #expect(answer["status"] == .string("fail"))
        let certificate = HealthCheck.Certificate(host: "127.0.0.1", port: server.port, minDays: 1)
        let shake = await look(.certificate(certificate), by: performer, timeout: TimeSpan(milliseconds: 200))
        #expect(shake["status"] == .string("fail"))
    }

    @Test("a name without an address fails, and a name server without an answer is unknown")
    func dns() async throws {
        let none = HostResolver { host throws(HTTPRefusal) in
            throw .unresolved(host, String(cString: gai_strerror(EAI_NONAME)))
        }
        let silent = HostResolver { host throws(HTTPRefusal) in
            throw .unresolved(host, String(cString: gai_strerror(EAI_AGAIN)))
        }
        let found = HostResolver { _ in [IPAddress(bytes: [10, 0, 0, 1]), IPAddress(bytes: [10, 0, 0, 2])] }
        func status(_ resolver: HostResolver, _ addresses: [String] = []) async throws -> String? {
            let name = HealthCheck.Name(name: "db.internal", addresses: addresses)
            return await look(.dns(name), by: try performer(lookUp: resolver))["status"]?.string
        }
        #expect(try await status(none) == "fail")
        #expect(try await status(silent) == "unknown")
        #expect(try await status(found) == "ok")
        #expect(try await status(found, ["10.0.0.2"]) == "ok")
        #expect(try await status(found, ["10.0.0.3"]) == "fail")
        #expect(try await status(HostResolver { _ in [] }) == "fail")
    }

    @Test(
        "a certificate is ok for as long as it is valid",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "openssl is not installed"))
    func certificate() async throws {
        let site = try TestSite()
        let openssl = site.performer(["/usr/bin/openssl"])
        func run(_ id: String, _ arguments: [String]) -> OperationOrder {
            OperationOrder(
                id: OperationID(run: "r1", path: id, attempt: 1),
                operation: .run(Command(argv: ["/usr/bin/openssl"] + arguments, directory: site.path)), effect: .read,
                idempotencyKey: "k", timeout: .seconds(60))
        }
        let made = await openssl.perform(
            run(
                "make",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                    "key.pem", "-out", "cert.pem", "-days", "20", "-subj", "/CN=localhost",
                ]), .silent)
        try #require(made.outcome == .succeeded, "\(made)")
        let port = try freePort()
        let (stops, stop) = AsyncStream<Void>.makeStream()
        async let serving = openssl.perform(
            run(
                "serve", ["s_server", "-accept", "127.0.0.1:\(port)", "-key", "key.pem", "-cert", "cert.pem", "-www"]),
            OperationControl(stops: stops))
        let endpoint = HealthCheck.Endpoint(host: "127.0.0.1", port: port)
        let now = try performer(hosts: ["127.0.0.1:\(port)"])
        try await TestSite.wait { await look(.tcp(endpoint), by: now)["status"] == .string("ok") }
        func valid(_ minDays: Int64, _ warnDays: Int64? = nil, by performer: HealthPerformer) async -> JSONValue {
            await look(
                .certificate(.init(host: "127.0.0.1", port: port, minDays: minDays, warnDays: warnDays)), by: performer)
        }
        let good = await valid(10, by: now)
        #expect(good["status"] == .string("ok"), "\(good)")
        #expect(good["measured"]?["days"] == .double(19) || good["measured"]?["days"] == .int(19), "\(good)")
        #expect(await valid(10, 25, by: now)["status"] == .string("warn"))
        #expect(await valid(25, by: now)["status"] == .string("fail"))
        var later = StoppedClock()
        later.time = later.time + .hours(24 * 21)
        let expired = await valid(0, by: try performer(hosts: ["127.0.0.1:\(port)"], clock: later))
        #expect(expired["message"]?.string?.hasPrefix("expired at") ?? false, "\(expired)")
        stop.yield()
        _ = await serving
    }

    // MARK: - Commands

    @Test("what systemd says of a unit")
    func systemd() async throws {
        func status(_ load: String, _ active: String, _ sub: String) async throws -> String? {
            let text = "LoadState=\(load)\nActiveState=\(active)\nSubState=\(sub)\nResult=success\n"
            let result = OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
            return await look(.systemd(.init(unit: "api.service")), by: try performer(commands: result))["status"]?
                .string
        }
        #expect(try await status("loaded", "active", "running") == "ok")
        #expect(try await status("loaded", "reloading", "reload") == "warn")
        #expect(try await status("loaded", "activating", "auto-restart") == "fail")
        #expect(try await status("loaded", "failed", "failed") == "fail")
        #expect(try await status("not-found", "inactive", "dead") == "fail")
        let broken = OperationResult(outcome: .failed, reason: "no bus", errorCode: "NonZeroExit", status: 1)
        let answer = await look(.systemd(.init(unit: "a.service")), by: try performer(commands: broken))
        #expect(answer["status"] == .string("unknown"))
    }

    @Test("systemd is asked by argument vector, with the unit behind --")
    func systemctl() async throws {
        let fake = FakePerformer(.refused("none"))
        let list = HostAllowList()
        let performer = HealthPerformer(
            processes: fake, requests: fake,
            network: NetworkProbes(hosts: list, resolver: .system, clock: StoppedClock()),
            host: HostProbes(clock: StoppedClock()))
        _ = await look(.systemd(.init(unit: "api.service")), by: performer)
        let order = try #require(fake.orders.withLock { $0.first })
        #expect(
            order.operation
                == .run(
                    Command(argv: [
                        "systemctl", "show", "--property=LoadState,ActiveState,SubState,Result", "--", "api.service",
                    ])))
        #expect(order.effect == .read)
    }

    @Test("a query is ok by what it prints")
    func sql() async throws {
        func status(
            _ output: String, _ answer: HealthCheck.Answer = .init(), outcome: OperationResult.Outcome = .succeeded,
            code: String? = nil
        ) async throws -> String? {
            let result = OperationResult(outcome: outcome, errorCode: code, output: CapturedText(head: output))
            let query = HealthCheck.Query(run: Command(argv: ["/usr/bin/psql"]), answer: answer)
            return await look(.sql(query), by: try performer(commands: result))["status"]?.string
        }
        #expect(try await status("1\n") == "ok")
        #expect(try await status(" t \n", .init(equals: "t")) == "ok")
        #expect(try await status("f\n", .init(equals: "t")) == "fail")
        #expect(try await status("12.5\n", .init(atLeast: 0, atMost: 30)) == "ok")
        #expect(try await status("31\n", .init(atMost: 30)) == "fail")
        #expect(try await status("-1\n", .init(atLeast: 0)) == "fail")
        #expect(try await status("lag\n", .init(atMost: 30)) == "fail")
        #expect(try await status("nan\n", .init(atMost: 30)) == "fail")
        #expect(try await status("", outcome: .failed, code: "NonZeroExit") == "fail")
        #expect(try await status("", outcome: .timedOut, code: "Timeout") == "fail")
        #expect(try await status("", outcome: .failed, code: "NotStarted") == "unknown")
        #expect(try await status("", outcome: .unknown, code: "Lost") == "unknown")
    }

    // MARK: - This host

    @Test("this process runs, by its number and by its name, and another does not")
    func process() async throws {
        let site = try TemporaryDirectory()
        let performer = try performer()
        let own = try site.file("own.pid", "\(ProcessInfo.processInfo.processIdentifier)\n")
        func status(_ name: String?, _ file: String?) async -> String? {
            await look(.process(.init(name: name, pidFile: file)), by: performer)["status"]?.string
        }
        let comm = try String(contentsOfFile: "/proc/self/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
        #expect(await status(nil, own) == "ok")
        #expect(await status(comm, own) == "ok")
        #expect(await status(comm, nil) == "ok")
        #expect(await status("no-such-process", own) == "fail")
        #expect(await status("no-such-process", nil) == "fail")
        #expect(await status(nil, site.path + "/none.pid") == "fail")
        #expect(await status(nil, try site.file("bad.pid", "soon")) == "unknown")
        #expect(await status(nil, try site.file("gone.pid", "\(Int32.max)")) == "fail")
    }

    @Test("zombies do not run, long names are found, and hidden processes are unknown")
    func listing() throws {
        let proc = try TemporaryDirectory()
        func add(_ pid: Int, _ comm: String, _ state: String, _ command: String = "") throws {
            try proc.file("\(pid)/comm", comm + "\n")
            try proc.file("\(pid)/stat", "\(pid) (\(comm)) \(state) 1 1")
            try proc.file("\(pid)/cmdline", command)
        }
        let listing = ProcessListing(root: proc.path)
        try add(7, "worker", "Z")
        try add(8, "a-very-long-nam", "S", "/opt/a-very-long-name\u{0}-x\u{0}")
        try add(9, "od) R (d", "S")
        #expect(listing.finding(.init(name: "worker")).status == .unknown)
        try add(1, "init", "S")
        #expect(listing.finding(.init(name: "worker")).status == .fail)
        #expect(listing.finding(.init(name: "a-very-long-name")).status == .ok)
        #expect(listing.finding(.init(name: "od) R (d")).status == .ok)
    }

    @Test("a file system is judged by what programs may still take")
    func disk() async throws {
        let half = FileSystem(free: 50, total: 100, freeInodes: 10, totalInodes: 100)
        func status(_ change: (inout HealthCheck.DiskLimits) -> Void, _ system: FileSystem) -> HealthReport.Status {
            var limits = HealthCheck.DiskLimits()
            change(&limits)
            return system.finding(limits).status
        }
        #expect(status({ $0.minFreeRatio = 0.5 }, half) == .ok)
        #expect(status({ $0.minFreeRatio = 0.51 }, half) == .fail)
        #expect(status({ $0.minFreeBytes = 51 }, half) == .fail)
        #expect(status({ $0.minFreeInodesRatio = 0.2 }, half) == .fail)
        #expect(
            status({ ($0.minFreeRatio, $0.warnFreeRatio) = (0.1, 0.6) }, half) == .warn)
        let open = FileSystem(free: 50, total: 100, freeInodes: 0, totalInodes: 0)
        #expect(status({ $0.minFreeInodesRatio = 0.2 }, open) == .ok)
        #expect(
            status({ $0.minFreeRatio = 0 }, FileSystem(free: 0, total: 0, freeInodes: 0, totalInodes: 0)) == .unknown)
        let vast = FileSystem(free: 2e19, total: 4e19, freeInodes: 0, totalInodes: 0)
        #expect(vast.finding(HealthCheck.DiskLimits()).measured["total_bytes"] == .int(.max))
        var limits = HealthCheck.DiskLimits()
        limits.minFreeBytes = 1
        let answer = await look(.disk(.init(path: "/", limits: limits)), by: try performer())
        #expect(answer["measured"]?["total_bytes"]?.int ?? 0 > 0)
        let missing = await look(.disk(.init(path: "/no/such/place", limits: limits)), by: try performer())
        #expect(missing["status"] == .string("unknown"))
    }

    @Test("a file is ok when it is there and young enough")
    func file() async throws {
        let site = try TemporaryDirectory()
        let path = try site.file("backup", "x")
        var clock = StoppedClock()
        clock.time = clock.time + .hours(2)
        let performer = try performer(clock: clock)
        func status(_ path: String, _ age: TimeSpan?) async -> String? {
            await look(.file(.init(path: path, maxAge: age)), by: performer)["status"]?.string
        }
        #expect(await status(path, nil) == "ok")
        #expect(await status(path, .hours(3)) == "ok")
        #expect(await status(path, .hours(1)) == "fail")
        #expect(await status(site.path + "/none", nil) == "fail")
        #expect(await status(site.path, nil) == "fail")
    }

    // MARK: - Together

    @Test("a list tells of each part in its order, and is as grave as the gravest")
    func list() async throws {
        let site = try TemporaryDirectory()
        let path = try site.file("a", "x")
        let there = HealthCheck(component: "there", probe: .file(.init(path: path)))
        let gone = HealthCheck(component: "gone", probe: .file(.init(path: site.path + "/b")))
        let checks = (0..<20).map { $0 == 11 ? gone : there }
        let result = await (try performer()).perform(
            order(HealthCheck(component: "all", probe: .list(checks))), .silent)
        #expect(result.outcome == .failed && result.status == 2 && result.errorCode == nil)
        #expect(result.reason == "all fail: 1 of 20: gone fail")
        let names = result.json?["components"]?.array?.compactMap { $0["component"]?.string }
        #expect(names == checks.map(\.component))
    }

    @Test("an answer that takes too long is a warning")
    func slow() async throws {
        let server = try LoopbackServer(.silence)
        let performer = try performer(hosts: ["127.0.0.1:\(server.port)"])
        let answer = await look(
            .tcp(.init(host: "127.0.0.1", port: server.port)), by: performer, slowAfter: TimeSpan(milliseconds: -1))
        #expect(answer["status"] == .string("warn"))
    }

    @Test("a check that is stopped ends at once")
    func stopped() async throws {
        let server = try LoopbackServer(.silence)
        let performer = try performer(hosts: ["127.0.0.1:\(server.port)"])
        let request = Request(method: "GET", url: "http://127.0.0.1:\(server.port)/")
        let (stops, stop) = AsyncStream<Void>.makeStream()
        let check = HealthCheck(component: "it", probe: .http(.init(request: request)), timeout: .minutes(5))
        let order = order(check, timeout: .minutes(5))
        async let result = performer.perform(order, OperationControl(stops: stops))
        try await TestSite.wait { !server.requests.isEmpty }
        stop.yield()
        #expect(await result.outcome == .cancelled)
    }
}
