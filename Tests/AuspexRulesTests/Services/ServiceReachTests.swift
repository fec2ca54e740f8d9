import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Whether a service depends on another")
struct ServiceReachTests {
    @Test("it does when a walk reaches it in so many steps, on random graphs with circles", arguments: 0..<12)
    func walks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let names = (0..<12).map { "s\($0)" }
        var graph = ServiceGraph()
        for _ in 0..<Int(random.next() % 30) {
            let link = ServiceLink(
                names[Int(random.next() % 12)], dependsOn: names[Int(random.next() % 12)])
            _ = graph.tell([link], at: second(0))
        }
        let memo = ServiceReachMemo(graph)
        for name in names {
            for steps in [1, 2, 3, .max] {
                let reached = Set(graph.upstream(of: name, depth: steps).map(\.service))
                for target in names where target != name {
                    #expect(graph.depends(name, on: target, steps: steps) == reached.contains(target))
                    // Asked twice: once of the graph, once of what is known.
                    for _ in 0..<2 {
                        #expect(memo.depends(name, on: target, steps: steps) == reached.contains(target))
                    }
                }
                let isCircle = graph.edges(from: name).contains { edge in
                    let next = edge.link.dependency
                    return steps > 1
                        && graph.upstream(of: next, depth: steps - 1).contains { $0.service == name }
                }
                #expect(graph.depends(name, on: name, steps: steps) == isCircle)
            }
        }
    }

    @Test("a chain is followed to its end")
    func chain() {
        var graph = ServiceGraph()
        _ = graph.tell((0..<9_999).map { ServiceLink("s\($0)", dependsOn: "s\($0 + 1)") }, at: second(0))
        #expect(graph.depends("s0", on: "s9999") && !graph.depends("s0", on: "s9999", steps: 9_998))
        #expect(!graph.depends("s9999", on: "s0") && !graph.depends("s0", on: "s10000"))
        #expect(!graph.depends("s0", on: "s1", steps: 0))
    }
}
