import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("The graph of services")
struct ServiceGraphTests {
    private func names(_ reached: [ServiceReach]) -> [String] { reached.map { "\($0.service) \($0.distance)" } }

    @Test("upstream is what a service depends on, downstream what depends on it, the nearest first")
    func walks() {
        let graph = dependencies("shop > api", "shop > mail", "api > db", "cart > api", "db > disk")
        #expect(names(graph.upstream(of: "shop")) == ["api 1", "mail 1", "db 2", "disk 3"])
        #expect(names(graph.upstream(of: "shop", depth: 2)) == ["api 1", "mail 1", "db 2"])
        #expect(names(graph.downstream(of: "db", depth: 2)) == ["api 1", "cart 2", "shop 2"])
        #expect(names(graph.blastRadius(of: "disk")) == ["db 1", "api 2", "cart 3", "shop 3"])
        #expect(graph.upstream(of: "disk").isEmpty)
        #expect(graph.upstream(of: "shop", depth: 0).isEmpty)
        #expect(graph.upstream(of: "nobody").isEmpty)
    }

    @Test("a circle is walked once around, and no service reaches itself")
    func circles() {
        let graph = dependencies("a > b", "b > c", "c > a", "d > a", "e > f", "f > e", "g > h")
        #expect(names(graph.upstream(of: "a")) == ["b 1", "c 2"])
        #expect(names(graph.blastRadius(of: "a")) == ["c 1", "d 1", "b 2"])
        #expect(graph.circles == ["a": "a", "b": "a", "c": "a", "e": "e", "f": "e"])
    }

    @Test("the way between two services is the shortest, and goes along the dependencies")
    func paths() {
        let graph = dependencies("a > b", "b > d", "a > c", "c > d", "d > e", "a > x", "x > y", "y > e")
        #expect(graph.path(from: "a", to: "e") == ["a", "b", "d", "e"])
        #expect(graph.path(from: "a", to: "a") == ["a"])
        #expect(graph.path(from: "e", to: "a") == nil)
        #expect(graph.path(from: "a", to: "nobody") == nil)
    }

    @Test("walks, ways and circles agree with a graph that is worked out naively")
    func naive() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<200 {
            let count = Int.random(in: 2...9, using: &random)
            var graph = ServiceGraph()
            var distance = (0..<count).map { row in (0..<count).map { $0 == row ? 0 : Int.max / 4 } }
            for _ in 0..<Int.random(in: 0...16, using: &random) {
                let (from, to) = (Int.random(in: 0..<count, using: &random), Int.random(in: 0..<count, using: &random))
                let refused = graph.tell([ServiceLink("s\(from)", dependsOn: "s\(to)")], at: second(0))
                #expect(refused == (from == to ? 1 : 0))
                if from != to { distance[from][to] = 1 }
            }
            for middle in 0..<count {
                for from in 0..<count {
                    for to in 0..<count {
                        distance[from][to] = min(distance[from][to], distance[from][middle] + distance[middle][to])
                    }
                }
            }
            let circles = graph.circles
            for from in 0..<count {
                let depth = Int.random(in: 1...4, using: &random)
                let upstream = graph.upstream(of: "s\(from)", depth: depth)
                let expected = (0..<count).filter { $0 != from && distance[from][$0] <= depth }
                #expect(Set(upstream.map(\.service)) == Set(expected.map { "s\($0)" }))
                #expect(upstream.map(\.distance) == upstream.map(\.distance).sorted())
                for to in 0..<count where to != from {
                    let isReached = distance[from][to] < count
                    #expect(
                        graph.path(from: "s\(from)", to: "s\(to)").map { $0.count - 1 }
                            == (isReached ? distance[from][to] : nil))
                    #expect(graph.downstream(of: "s\(to)").contains { $0.service == "s\(from)" } == isReached)
                    let isCircle = isReached && distance[to][from] < count
                    #expect((circles["s\(from)"] != nil && circles["s\(from)"] == circles["s\(to)"]) == isCircle)
                }
            }
        }
    }

    // MARK: Where knowledge comes from

    private static let declared = ServiceDeclarations(
        services: [
            ServiceDescription(
                name: "shop", tier: "gold", owner: "team-a", labels: Labels(["job": "web"]), aliases: ["shop-web"]),
            ServiceDescription(name: "db", labels: Labels(["job": "pg", "cluster": "eu"])),
            ServiceDescription(name: "pg", labels: Labels(["job": "pg"])),
        ], links: [ServiceLink("shop", dependsOn: "db")])

    @Test("what is declared is stronger than what was told, and that than what was learned")
    func origins() throws {
        var graph = ServiceGraph()
        graph.learn(Labels(["service": "shop", "upstream": "db"]), at: second(5))
        #expect(graph.edges.map(\.origin) == [.learned])
        #expect(graph.tell([ServiceLink("shop", dependsOn: "db")], at: second(6)) == 0)
        #expect(graph.edges.map(\.origin) == [.told])
        graph.declare(Self.declared)
        #expect(graph.edges.map(\.origin) == [.declared])
        #expect(graph.edges.first?.provenance.lastSeen == second(6))
        #expect(graph.service("shop-web")?.tier == "gold")
        // Each source that goes away leaves the next one.
        graph.declare(ServiceDeclarations())
        #expect(graph.edges.map(\.origin) == [.told])
        #expect(graph.service("shop")?.tier == "")
        graph.forget([ServiceLink("shop", dependsOn: "db")])
        #expect(graph.edges.map(\.origin) == [.learned])
        graph.expire(now: second(5) + .hours(7 * 24))
        #expect(graph.edgeCount == 1)
        graph.expire(now: second(6) + .hours(7 * 24))
        #expect(graph.edgeCount == 0 && graph.serviceCount == 0)
        #expect(graph.statistics.expiredEdges == 1 && graph.statistics.expiredServices == 2)
    }

    @Test("a service that was told is gone when its last edge is taken back, and not before")
    func forgetting() {
        var graph = dependencies("a > b", "c > b")
        graph.forget([ServiceLink("a", dependsOn: "b")])
        #expect(graph.services.map(\.name) == ["b", "c"])
        graph.forget([ServiceLink("c", dependsOn: "b"), ServiceLink("x", dependsOn: "y")])
        #expect(graph.serviceCount == 0)
    }

    @Test("an alias is the service, whichever of the two was known first")
    func aliases() {
        var graph = ServiceGraph()
        graph.learn(Labels(["service": "shop-web", "upstream": "mail"]), at: second(1))
        graph.declare(Self.declared)
        graph.learn(Labels(["client": "cart", "server": "shop-web"]), at: second(2))
        #expect(
            graph.edges.map { "\($0.link.service) > \($0.link.dependency)" } == [
                "cart > shop", "shop > db", "shop > mail",
            ])
        #expect(names(graph.upstream(of: "shop-web")) == ["db 1", "mail 1"])
        #expect(graph.path(from: "cart", to: "shop-web") == ["cart", "shop"])
    }

    @Test(
        "labels name a service",
        arguments: [
            (["service": "x", "job": "y"], "x"), (["job": "y"], "y"), (["app": "a", "job": "y"], "a"),
            (["service.name": "o"], "o"), (["job": "web", "instance": "1"], "shop"), (["job": "pg"], "pg"),
            (["job": "pg", "cluster": "eu"], "db"), (["service": "shop-web"], "shop"), (["instance": "1"], nil),
            (["service": "unknown", "job": "y"], "y"), ([:], nil),
        ] as [([String: String], String?)])
    func naming(labels: [String: String], name: String?) {
        var graph = ServiceGraph()
        graph.declare(Self.declared)
        #expect(graph.serviceName(of: Labels(labels)) == name)
    }

    @Test(
        "labels show dependencies",
        arguments: [
            (["source_service": "a", "destination_service": "b"], ["a > b"]),
            (["client": "a", "server": "b"], ["a > b"]), (["service": "a", "upstream": "b"], ["a > b"]),
            (["service": "a", "peer.service": "b"], ["a > b"]), (["upstream": "b"], []), (["client": "a"], []),
            (["client": "unknown", "server": "b"], []), (["client": "a", "server": "a"], []),
            (["client": "a", "server": "10.0.0.1:80"], []),
        ] as [([String: String], [String])])
    func learning(labels: [String: String], edges: [String]) {
        var graph = ServiceGraph()
        graph.learn(Labels(labels), at: second(0))
        #expect(graph.edges.map { "\($0.link.service) > \($0.link.dependency)" } == edges)
    }

    @Test("seeing something old again does not make it older")
    func lastSeen() {
        var graph = ServiceGraph()
        graph.learn(Labels(["service": "a", "upstream": "b"]), at: second(9))
        let version = graph.version
        graph.learn(Labels(["service": "a", "upstream": "b"]), at: second(3))
        #expect(graph.edges.first?.provenance.learnedAt == second(9))
        #expect(graph.version == version)
    }

    // MARK: Bounds

    @Test("too many services and edges are refused and counted, and a declaration finds room among learned ones")
    func bounds() {
        var graph = ServiceGraph()
        for number in 0..<(ServiceGraph.mostServices + 5) {
            graph.learn(Labels(["service": "s\(number)"]), at: second(Int64(number)))
        }
        #expect(graph.serviceCount == ServiceGraph.mostServices)
        #expect(graph.statistics.refusedServices == 5)
        graph.declare(ServiceDeclarations(services: [ServiceDescription(name: "new")]))
        #expect(graph.provenance(of: "new")?.origin == .declared)
        #expect(graph.serviceCount == ServiceGraph.mostServices)
        // The one that was seen longest ago has made room.
        #expect(graph.provenance(of: "s0") == nil && graph.provenance(of: "s1") != nil)
        #expect(graph.tell([ServiceLink("s1", dependsOn: "another")], at: second(0)) == 1)
        #expect(graph.statistics.refusedEdges == 1)
    }

    @Test("edges have a bound of their own")
    func edgeBound() {
        var graph = ServiceGraph()
        let side = 320
        for from in 0..<side {
            let links = (0..<side).map { ServiceLink("f\(from)", dependsOn: "t\($0)") }
            _ = graph.tell(links, at: second(0))
        }
        #expect(graph.edgeCount == ServiceGraph.mostEdges)
        #expect(graph.statistics.refusedEdges == side * side - ServiceGraph.mostEdges)
    }

    @Test("a snapshot gives the same graph, and the same bytes")
    func snapshots() throws {
        var graph = dependencies("a > b", "c > shop-web")
        graph.learn(Labels(["service": "shop", "upstream": "mail"]), at: second(7))
        graph.declare(Self.declared)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(graph)
        let restored = try JSONDecoder().decode(ServiceGraph.self, from: data)
        #expect(restored.edges == graph.edges)
        #expect(restored.services == graph.services)
        #expect(restored.serviceName(of: Labels(["job": "web"])) == "shop")
        #expect(try encoder.encode(restored) == data)
        let other = Data(
            String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\"format\":1", with: "\"format\":2").utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ServiceGraph.self, from: other) }
    }
}
