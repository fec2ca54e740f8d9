import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import AuspexActions

@Suite(.timeLimit(.minutes(2))) struct HTTPPerformerTests {
    private func order(
        _ url: String, method: String = "GET", effect: Effect = .read, timeout: TimeSpan = .seconds(30),
        body: JSONValue? = nil, headers: [String: String] = [:], statuses: [Int] = []
    ) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: "r1", path: "steps/act", attempt: 1),
            operation: .http(
                Request(method: method, url: url, headers: headers, body: body, expectedStatuses: statuses)),
            effect: effect, idempotencyKey: "key-1", timeout: timeout)
    }

    private func performer(_ server: LoopbackServer) throws -> HTTPPerformer {
        HTTPPerformer(hosts: try HostAllowList(["127.0.0.1:\(server.port)"]))
    }

    @Test("a request arrives with its method, body, fields and key, and its answer comes back")
    func exchange() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("{\"status\":\"ok\"}"))
        let result = await (try performer(server)).perform(
            order(
                "http://127.0.0.1:\(server.port)/pools/a?x=1", method: "POST", effect: .idempotent,
                body: .object(["n": .int(3)]), headers: ["X-Token": "t"]), .silent)
        #expect(result.outcome == .succeeded)
        #expect(result.status == 200)
        #expect(result.json == .object(["status": .string("ok")]))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /pools/a?x=1 HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"n\":3}"))
        let fields = request.lowercased()
        for field in ["idempotency-key: key-1", "x-token: t", "content-type: application/json"] {
            #expect(fields.contains(field), "\(field)")
        }
    }

    @Test("a status that is not expected is a failure, with the body")
    func unexpectedStatus() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("busy", status: "503 Service Unavailable"))
        let url = "http://127.0.0.1:\(server.port)/"
        let result = await (try performer(server)).perform(order(url), .silent)
        #expect(result.outcome == .failed && result.errorCode == "UnexpectedStatus" && result.status == 503)
        #expect(result.output.text == "busy")
        let expected = await (try performer(server)).perform(order(url, statuses: [200, 503]), .silent)
        #expect(expected.outcome == .succeeded && expected.errorCode == nil)
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        let target = try LoopbackServer(LoopbackServer.ok("secret"))
        let location = "Location: http://127.0.0.1:\(target.port)/\r\n"
        let server = try LoopbackServer(LoopbackServer.ok("", status: "302 Found", headers: location))
        let hosts = try HostAllowList(["127.0.0.1:\(server.port)", "127.0.0.1:\(target.port)"])
        let result = await HTTPPerformer(hosts: hosts).perform(order("http://127.0.0.1:\(server.port)/"), .silent)
        #expect(result.outcome == .failed && result.status == 302)
        #expect(target.requests.isEmpty)
    }

    @Test("an endless answer is cut off, and is not taken for JSON")
    func endlessBody() async throws {
        let server = try LoopbackServer(.flood("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[", bytes: 64 << 20))
        let result = await (try performer(server)).perform(order("http://127.0.0.1:\(server.port)/"), .silent)
        #expect(result.outcome == .succeeded)
        #expect(result.output.head.utf8.count == HTTPPerformer.mostBytes)
        #expect(result.output.droppedBytes > 0)
        #expect(result.json == nil)
    }

    @Test(
        "a request without an answer is unknown if it may have changed something, and is not sent again",
        arguments: [Effect.read, .idempotent, .once])
    func noAnswer(effect: Effect) async throws {
        let silent = try LoopbackServer(.silence)
        let late = await (try performer(silent)).perform(
            order("http://127.0.0.1:\(silent.port)/", method: "POST", effect: effect, timeout: .seconds(4)), .silent)
        #expect(late.outcome == (effect == .read ? .timedOut : .unknown), "\(late)")
        #expect(late.errorCode == "Timeout")
        #expect(silent.requests.count == 1)

        let rude = try LoopbackServer(.hangUp)
        let lost = await (try performer(rude)).perform(
            order("http://127.0.0.1:\(rude.port)/", method: "POST", effect: effect), .silent)
        #expect(lost.outcome == (effect == .read ? .failed : .unknown))
        #expect(lost.errorCode == "ConnectionLost")
        #expect(rude.requests.count == 1)
    }

    @Test("a refused connection is a failure for sure, whatever the effect", arguments: Effect.allCases)
    func refused(effect: Effect) async throws {
        var server: LoopbackServer? = try LoopbackServer(.hangUp)
        let port = server?.port ?? 0
        server = nil
        let hosts = try HostAllowList(["127.0.0.1:\(port)"])
        let result = await HTTPPerformer(hosts: hosts).perform(
            order("http://127.0.0.1:\(port)/", method: "POST", effect: effect), .silent)
        #expect(result.outcome == .failed, "\(result)")
        #expect(result.errorCode == "ConnectionRefused" && result.isUnsent == true, "\(result)")
    }

    @Test("a stopped request ends at once", arguments: Effect.allCases)
    func stopped(effect: Effect) async throws {
        let server = try LoopbackServer(.silence)
        let (stops, stop) = AsyncStream<Void>.makeStream()
        let performer = try performer(server)
        async let end = performer.perform(
            order("http://127.0.0.1:\(server.port)/", effect: effect), OperationControl(stops: stops))
        try await TestSite.wait { server.requests.count == 1 }
        stop.yield()
        let result = await end
        #expect(result.outcome == (effect == .read ? .cancelled : .unknown) && result.isUnsent == nil)
    }

    @Test("a notice that does not arrive says why")
    func failedNotice() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("", status: "500 Internal Server Error"))
        let channels = ["ops": WebhookChannel(url: "http://127.0.0.1:\(server.port)/hook")]
        let performer = NotifyPerformer(channels: channels, noticeChannel: "ops")
        await #expect(throws: NoticeError(description: "status 500 Internal Server Error")) {
            try await performer.tell(RunNotice(kind: .decisionNeeded, run: "r1", text: "did it?", key: "key"))
        }
    }

    static let hostile = [
        "http://127.0.0.1:PORT/", "http://localhost:PORT/", "http://2130706433:PORT/", "http://0177.0.0.1:PORT/",
        "http://0x7f.1:PORT/", "http://127.1:PORT/", "http://[::1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/",
        "http://0.0.0.0:PORT/", "http://lb.internal@127.0.0.1:PORT/", "http://lb.internal:80@127.0.0.1:PORT/",
        "http://lb.internal#@127.0.0.1:PORT/", "http://127.0.0.1.:PORT/", "http://LOCALHOST:PORT/",
        "file:///etc/passwd", "gopher://127.0.0.1:PORT/", "ftp://127.0.0.1:PORT/", "http:///x", "//127.0.0.1:PORT/", "",
        "http://017700000001:PORT/", "http://0x7f000001:PORT/", "http://0x7F.0x0.0x0.0x1:PORT/", "http://127.0.1:PORT/",
        "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::127.0.0.1]:PORT/", "http://[2002:7f00:1::]:PORT/",
        "http://[64:ff9b::7f00:1]:PORT/", "http://[64:ff9b:1::7f00:1]:PORT/", "http://[fe80::1%25lo]:PORT/",
        "http://[::1%25lo]:PORT/", "http://169.254.169.254:PORT/", "http://metadata.google.internal:PORT/",
        "http://127\u{3002}0\u{3002}0\u{3002}1:PORT/", "http://\u{ff11}27.0.0.1:PORT/", "http://\u{24db}ocalhost:PORT/",
        "http://LoCaLhOsT.:PORT/", "http://127.0.0.1..:PORT/", "http://lb.internal\\@127.0.0.1:PORT/",
        "http://lb.internal:443\\@127.0.0.1:PORT/", "https://lb.internal:443@127.0.0.1:PORT/",
        "http://lb.internal%23@127.0.0.1:PORT/", "http://127.0.0.1:PORT#@lb.internal:443/",
        "http://127.0.0.1:PORT?@lb.internal:443/", "http://127.0.0.1:PORT\t/", " http://127.0.0.1:PORT/",
        "http://127.0.0.1\u{0}.lb.internal:PORT/", "http://127.0.0.1%00.lb.internal:PORT/", "HTTP://127.0.0.1:PORT/",
        "https://lb.internal:443\r\nHost: 127.0.0.1/", "dict://127.0.0.1:PORT/", "unix:/var/run/docker.sock",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/x", "jar:http://127.0.0.1:PORT!/", "data:text/plain,x", "javascript:1",
        "http:127.0.0.1:PORT", "http:/127.0.0.1:PORT/", "http:\\\\127.0.0.1:PORT/", "https://lb.internal:444/",
        "http://lb.internal:443.evil.example/", "https://lb.internal.evil.example:443/", "https://xlb.internal:443/",
    ]

    @Test("a host that is not on the list is not asked, however it is written", arguments: hostile)
    func notListed(url: String) async throws {
        let server = try LoopbackServer(LoopbackServer.ok("secret"))
        let hosts = try HostAllowList(["lb.internal:443"])
        let target = url.replacing("PORT", with: "\(server.port)")
        let result = await HTTPPerformer(hosts: hosts).perform(order(target), .silent)
        #expect(result.outcome == .failed)
        #expect(result.errorCode == "NotAllowed" && result.isUnsent == true, "\(result)")
        #expect(server.requests.isEmpty)
    }

    /// A listed name whose addresses are the test's to choose.
    private func resolver(_ addresses: String...) -> HostResolver {
        HostResolver { _ async throws(HTTPRefusal) in addresses.compactMap { IPAddress($0) } }
    }

    static let forbidden = [
        "127.0.0.1", "127.9.9.9", "::1", "169.254.169.254", "169.254.1.1", "fe80::1", "fd00:ec2::254",
        "100.100.100.200",
        "0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "::127.0.0.1", "::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b:1::a9fe:a9fe",
        "2001:0:7f00:1::", "fec0::1", "fe80::a9fe:a9fe", "febf::1", "fd00:ec2::23", "fd20:ce::254", "168.63.129.16",
        "240.0.0.1", "100::1", "::2", "::ffff:0.0.0.0", "::ffff:168.63.129.16", "0.1.2.3", "239.255.255.250",
    ]

    @Test("a listed name that leads to the host itself or to metadata is not asked", arguments: forbidden)
    func forbiddenAddresses(address: String) async throws {
        let server = try LoopbackServer(LoopbackServer.ok("secret"))
        let hosts = try HostAllowList(["lb.internal:\(server.port)"])
        for addresses in [resolver(address), resolver("10.0.0.1", address)] {
            let performer = HTTPPerformer(hosts: hosts, resolver: addresses)
            let result = await performer.perform(order("http://lb.internal:\(server.port)/"), .silent)
            #expect(result.outcome == .failed)
            #expect(result.reason.contains("leads to"), "\(result)")
        }
        #expect(server.requests.isEmpty)
    }

    @Test("the request goes to the address that was checked, under the name that was asked for")
    func checkedAddress() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("here"))
        // `localhost` is listed as such, so the loopback address is meant; the resolver alone says where it is.
        let hosts = try HostAllowList(["localhost:\(server.port)"])
        let performer = HTTPPerformer(hosts: hosts, resolver: resolver("127.0.0.1"))
        let result = await performer.perform(order("http://localhost:\(server.port)/"), .silent)
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(server.requests.first?.lowercased().contains("host: localhost") ?? false)
    }

    @Test(
        "however the name is written, the request goes to the address that was checked",
        arguments: ["LOCALHOST", "localhost.", "LocalHost", "%6Cocalhost"])
    func checkedAddressOfSpellings(name: String) async throws {
        let server = try LoopbackServer(LoopbackServer.ok("here"))
        let hosts = try HostAllowList(["localhost:\(server.port)"])
        // The server listens on 127.0.0.1 only, which the name itself leads to.
        let performer = HTTPPerformer(hosts: hosts, resolver: resolver("127.0.0.2"))
        let result = await performer.perform(order("http://\(name):\(server.port)/"), .silent)
        #expect(result.errorCode == "ConnectionRefused", "\(result)")
        #expect(server.requests.isEmpty)
    }

    /// A look-up that goes on until nobody waits for it.
    private let silentResolver = HostResolver { host async throws(HTTPRefusal) in
        for await _ in AsyncStream<Void>(unfolding: { try? await Task.sleep(for: .seconds(3_600)) }) {}
        throw .unresolved(host, "given up")
    }

    @Test("the time of a step counts for the look-up, too, and nothing has been sent then", arguments: Effect.allCases)
    func lateLookUp(effect: Effect) async throws {
        let performer = HTTPPerformer(hosts: try HostAllowList(["lb.internal:80"]), resolver: silentResolver)
        let result = await performer.perform(
            order("http://lb.internal/", effect: effect, timeout: TimeSpan(milliseconds: 1)), .silent)
        #expect(result.outcome == .timedOut && result.errorCode == "Timeout" && result.isUnsent == true)
    }

    @Test("a request that is stopped during its look-up ends, and nothing has been sent", arguments: Effect.allCases)
    func stoppedLookUp(effect: Effect) async throws {
        let performer = HTTPPerformer(hosts: try HostAllowList(["lb.internal:80"]), resolver: silentResolver)
        let (stops, stop) = AsyncStream<Void>.makeStream()
        stop.yield()
        let result = await performer.perform(
            order("http://lb.internal/", effect: effect), OperationControl(stops: stops))
        #expect(result.outcome == .cancelled && result.isUnsent == true)
    }

    @Test("so many look-ups are under way at once, and one more is refused instead of taking a thread")
    func boundedLookUps() async throws {
        let gate = DispatchSemaphore(value: 0)
        let asked = Mutex(0)
        let resolver = HostResolver(
            asking: { _ in
                asked.withLock { $0 += 1 }
                gate.wait()
                return .success([IPAddress(bytes: [10, 0, 0, 1])])
            }, atOnce: 2)
        let entry = HostAllowList.Entry(host: "lb.internal", port: 80)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { _ = try await resolver.address(for: entry) } }
            try await TestSite.wait { asked.withLock { $0 } == 2 }
            await #expect(throws: HTTPRefusal.unresolved("lb.internal", "2 look-ups are under way already")) {
                try await resolver.address(for: entry)
            }
            for _ in 0..<2 { gate.signal() }
            try await group.waitForAll()
        }
        gate.signal()
        #expect(try await resolver.address(for: entry) == IPAddress("10.0.0.1"))
    }

    @Test(
        "private addresses are where a company's services are",
        arguments: ["10.0.0.1", "192.168.1.1", "172.16.0.1", "fd12::1"])
    func privateAddresses(address: String) async throws {
        let entry = HostAllowList.Entry(host: "lb.internal", port: 80)
        #expect(try await resolver(address).address(for: entry) == IPAddress(address))
    }

    @Test("a name without an address is a failure that says so")
    func unresolved() async throws {
        let hosts = try HostAllowList(["lb.internal:80"])
        let result = await HTTPPerformer(hosts: hosts, resolver: resolver()).perform(
            order("http://lb.internal/"), .silent)
        #expect(result.outcome == .failed && result.errorCode == "HostNotFound")
    }

    @Test(
        "a list of hosts has hosts with ports, and addresses in their usual form",
        arguments: [
            "lb.internal", ":80", "a:b", "a:0", "a:70000", "", "2130706433:80", "0x7f000001:80", "017700000001:80",
            "127.1:80",
            "0177.0.0.1:80", "0x7f.1:80", "1.2.3.4.5:80", "[fe80::1%lo]:80", "a b:80", "a@b:80", "a/b:80", "a..b:80",
            "*:80",
            "\u{24db}ocalhost:80", "a\r\nb:80",
        ])
    func badList(text: String) {
        #expect(throws: HostAllowListError.self) { try HostAllowList([text]) }
    }

    @Test("messages are posted to their channel, with a key that tells repetitions apart")
    func notifications() async throws {
        let server = try LoopbackServer(LoopbackServer.ok(""))
        let channels = [
            "ops": WebhookChannel(url: "http://127.0.0.1:\(server.port)/hook", headers: ["Authorization": "x"])
        ]
        let performer = NotifyPerformer(channels: channels, noticeChannel: "ops")
        let message = OperationOrder(
            id: OperationID(run: "r1", path: "always/tell", attempt: 1),
            operation: .notify(Notification(channel: "ops", message: "done")), effect: .idempotent,
            idempotencyKey: "key-1", timeout: .seconds(30))
        #expect(await performer.perform(message, .silent).outcome == .succeeded)
        try await performer.tell(RunNotice(kind: .decisionNeeded, run: "r1", text: "did it?", key: "key-2"))
        let bodies = server.requests.compactMap { request in
            request.firstRange(of: "\r\n\r\n").flatMap { try? JSONValue(parsing: String(request[$0.upperBound...])) }
        }
        #expect(bodies.map { $0["message"] } == [.string("done"), .string("did it?")])
        #expect(bodies.map { $0["key"] } == [.string("key-1"), .string("key-2")])
        #expect(server.requests.allSatisfy { $0.lowercased().contains("authorization: x") })
        var lost = message
        lost.operation = .notify(Notification(channel: "opps", message: "x"))
        let refusal = await performer.perform(lost, .silent)
        #expect(refusal.outcome == .failed && refusal.reason.contains("configured: ops"))
    }

    @Test("a name that leads to an address of this host's interfaces is not asked, unless the list has the address")
    func ownAddresses() async throws {
        let own = try #require(IPAddress("192.0.2.7"))
        for (text, isOwn) in [("192.0.2.7", true), ("192.0.2.8", false), ("::ffff:192.0.2.7", true)] {
            var resolver = resolver("192.0.2.9", text)
            resolver.ownAddresses = { [own] }
            let entry = HostAllowList.Entry(host: "lb.internal", port: 80)
            do {
                _ = try await resolver.address(for: entry)
                #expect(!isOwn, "\(text)")
            } catch {
                #expect(isOwn && "\(error)".contains("192.0.2.7, this host itself"), "\(error)")
                #expect(error.code == "NotAllowed")
            }
        }
        var resolver = resolver()
        resolver.ownAddresses = { [own] }
        #expect(try await resolver.address(for: HostAllowList.Entry(host: "192.0.2.7", port: 80)) == own)
        #expect(try #require(IPAddress.ofThisHost()).contains(try #require(IPAddress("127.0.0.1"))))

        var unsure = self.resolver("192.0.2.8")
        unsure.ownAddresses = { nil }
        let named = HostAllowList.Entry(host: "lb.internal", port: 80)
        let error = await #expect(throws: HTTPRefusal.self) { _ = try await unsure.address(for: named) }
        #expect(error?.description.contains("this host's own addresses are not known") == true)
    }
}
