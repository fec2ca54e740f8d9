import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("How the instances of services are")
struct FleetBookTests {
    private let graph = ServiceGraph()

    private func up(_ instance: String, _ seconds: Int64, _ value: Double, _ more: [String: String] = [:]) -> Fact {
        let labels = [Labels.metricName: "up", "job": "web", "instance": instance].merging(more) { $1 }
        return .metric(MetricFact(labels: Labels(labels), reading: Reading(time: second(seconds), value: value)))
    }

    private func ended(_ instance: String, _ seconds: Int64, _ more: [String: String] = [:]) -> Fact {
        let labels = [Labels.metricName: "up", "job": "web", "instance": instance].merging(more) { $1 }
        return .stale(Labels(labels), at: second(seconds))
    }

    private func health(
        _ instance: String, _ seconds: Int64, _ status: HealthFact.Status, check: String = "http"
    ) -> Fact {
        .health(
            HealthFact(
                labels: Labels(["service": "web", "instance": instance]), check: check, status: status,
                time: second(seconds)))
    }

    /// Healthy, unhealthy, unknown.
    private func census(_ facts: [Fact], at seconds: Int64) -> [Int] {
        var book = FleetBook()
        for fact in facts { book.note(fact, graph) }
        return counts(book, at: seconds)
    }

    private func counts(_ book: FleetBook, at seconds: Int64, of service: String = "web") -> [Int] {
        let census = book.census(of: service, at: second(seconds))
        return [census.healthy, census.unhealthy, census.unknown]
    }

    @Test("`up` is 1 or 0, all else is unknown, and unknown is no part of what is healthy")
    func series() {
        var book = FleetBook()
        for (place, value) in [1, 0, 1, 0.5, 2].enumerated() { book.note(up("\(place)", 0, value), graph) }
        let census = book.census(of: "web", at: second(0))
        #expect(census.total == 5 && counts(book, at: 0) == [2, 1, 2])
        #expect(census.healthyRatio == 0.4)
    }

    @Test("who is not well, and by a report of when")
    func unwell() {
        let facts = [
            up("a", 10, 1), health("a", 20, .degraded), up("b", 10, 0), health("b", 20, .healthy),
            health("b", 15, .unknown, check: "disk"), up("c", 30, 0), up("d", 5, 1),
        ]
        var book = FleetBook()
        for fact in facts { book.note(fact, graph) }
        func unwell(at seconds: Int64, _ book: FleetBook) -> [String: Timestamp] {
            Dictionary(uniqueKeysWithValues: book.unwell(in: "web", at: second(seconds)))
        }
        // What says that b is well is newer, and counts for nothing beside what says that it is not.
        #expect(unwell(at: 40, book) == ["b": second(15), "c": second(30)])
        // Of d nothing was heard for five minutes.
        #expect(unwell(at: 306, book) == ["b": second(15), "c": second(30), "d": second(5)])
        book.note(ended("c", 50), graph)
        #expect(unwell(at: 60, book) == ["b": second(15), "c": second(50)])
        #expect(book.unwell(in: "mail", at: second(40)).isEmpty)
    }

    @Test("of a service without instances nothing is said")
    func none() {
        let census = FleetBook().census(of: "web", at: second(0))
        #expect(census.total == 0 && census.healthyRatio == nil)
    }

    @Test("a part that is degraded does its work; a check without a result is unknown")
    func checks() {
        let facts = [
            health("a", 0, .healthy), health("b", 0, .degraded), health("c", 0, .unhealthy), health("d", 0, .unknown),
        ]
        #expect(census(facts, at: 0) == [2, 1, 1])
    }

    @Test("the worst of several checks and series of one instance counts")
    func worst() {
        #expect(census([health("a", 0, .healthy), up("a", 0, 0)], at: 0) == [0, 1, 0])
        #expect(census([health("a", 0, .unhealthy, check: "disk"), health("a", 1, .healthy)], at: 1) == [0, 1, 0])
        #expect(census([health("a", 0, .unknown, check: "disk"), health("a", 1, .healthy)], at: 1) == [0, 0, 1])
        #expect(census([up("a", 0, 0, ["path": "/a"]), up("a", 0, 1, ["path": "/b"])], at: 0) == [0, 1, 0])
        #expect(census([health("a", 0, .unhealthy), health("a", 1, .healthy)], at: 1) == [1, 0, 0])
    }

    @Test("without news for five minutes it is unknown, and after an hour forgotten")
    func silence() {
        let facts = [up("a", 0, 1), up("b", 0, 0)]
        #expect(census(facts, at: 299) == [1, 1, 0])
        #expect(census(facts, at: 300) == [0, 0, 2])
        #expect(census(facts, at: 3_599) == [0, 0, 2])
        #expect(census(facts, at: 3_600) == [0, 0, 0])
    }

    @Test("the end of a series makes its instance unknown, unless something else tells of it")
    func stale() {
        #expect(census([up("a", 0, 1), ended("a", 15)], at: 15) == [0, 0, 1])
        #expect(census([up("a", 0, 1), ended("a", 15), up("a", 30, 1)], at: 30) == [1, 0, 0])
        #expect(census([up("a", 0, 1), up("a", 0, 1, ["v": "2"]), ended("a", 15)], at: 15) == [1, 0, 0])
        #expect(census([ended("a", 15)], at: 15) == [0, 0, 0], "nothing was known of it")
        #expect(census([up("a", 0, 1), ended("a", 15)], at: 3_614) == [0, 0, 1])
        #expect(census([up("a", 0, 1), ended("a", 15)], at: 3_615) == [0, 0, 0])
    }

    @Test("older news changes nothing")
    func order() {
        #expect(census([up("a", 30, 0), up("a", 15, 1)], at: 30) == [0, 1, 0])
        #expect(census([up("a", 30, 0), ended("a", 15)], at: 30) == [0, 1, 0])
    }

    @Test("what tells of no instance, or of no service, is left out")
    func others() {
        var book = FleetBook()
        book.note(reading(load("a"), 0, 1), graph)
        book.note(up("", 0, 1), graph)
        book.note(up("a", 0, 1, ["job": ""]), graph)
        #expect(counts(book, at: 0) == [0, 0, 0] && counts(book, at: 0, of: "a") == [0, 0, 0])
        #expect(book.refusedReports == 0)
    }

    @Test("the graph knows whose an instance is")
    func declared() {
        var graph = ServiceGraph()
        graph.declare(
            ServiceDeclarations(services: [
                ServiceDescription(name: "shop", labels: Labels(["job": "web", "team": "a"]), aliases: ["store"])
            ]))
        var book = FleetBook()
        book.note(up("a", 0, 1, ["team": "a"]), graph)
        book.note(up("b", 0, 0, ["service": "store"]), graph)
        book.note(up("c", 0, 0), graph)
        #expect(counts(book, at: 0, of: "shop") == [1, 1, 0] && counts(book, at: 0) == [0, 1, 0])
    }

    @Test("one instance whose clock is wrong takes nothing from the others")
    func wrongClock() {
        var book = FleetBook()
        for seconds in [0, 15, 30] as [Int64] {
            for name in ["a", "b"] { book.note(up(name, seconds, 1), graph) }
            book.note(up("c", seconds + 86_400, 1), graph)
        }
        #expect(counts(book, at: 30) == [2, 0, 1])
    }

    @Test("an instance whose clock is set right counts again")
    func clockSetRight() {
        #expect(census([up("a", 86_400, 1), up("a", 15, 1)], at: 15) == [1, 0, 0])
        #expect(census([up("a", 315, 0), up("a", 15, 1)], at: 15) == [0, 1, 0], "a little ahead is no mistake")
    }

    @Test("there is room for so many checks and series; what is forgotten makes room")
    func bounded() {
        var book = FleetBook()
        for number in 0..<FleetBook.mostReports { book.note(up("\(number)", 0, 1), graph) }
        book.note(up("more", 0, 0), graph)
        #expect(counts(book, at: 0) == [FleetBook.mostReports, 0, 0] && book.refusedReports == 1)
        book.note(up("0", 1, 0), graph)
        #expect(counts(book, at: 1)[1] == 1, "what is known goes on")
        book.note(up("late", 3_700, 1), graph)
        #expect(counts(book, at: 3_700) == [1, 0, 0] && book.refusedReports == 1)
        #expect(book.reportCount == 1)
    }

    @Test("it survives being written down, the same book always in the same way")
    func codable() throws {
        var book = FleetBook()
        for fact in [up("a", 0, 1), health("a", 1, .healthy), up("b", 2, 0), ended("b", 3)] { book.note(fact, graph) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(book)
        let read = try JSONDecoder().decode(FleetBook.self, from: data)
        #expect(try encoder.encode(read) == data)
        for seconds in [0, 3, 299, 301, 3_601, 3_603] as [Int64] {
            #expect(counts(read, at: seconds) == counts(book, at: seconds))
        }
        #expect(read.reportCount == 3)
    }

    @Test("a census is what counting all instances anew gives", arguments: 0..<20)
    func counted(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var book = FleetBook()
        var last: [String: (fact: Fact, standing: FleetStanding?)] = [:]
        var seconds: Int64 = 0
        for _ in 0..<400 {
            seconds += Int64(random.next() % 90) - (random.next() % 5 == 0 ? 200 : 0)
            if random.next() % 40 == 0 { seconds += 2_000 }
            let instance = "\(random.next() % 6)"
            let fact: Fact
            let standing: FleetStanding?
            switch random.next() % 4 {
            case 0: (fact, standing) = (up(instance, seconds, 1), .healthy)
            case 1: (fact, standing) = (up(instance, seconds, 0), .unhealthy)
            case 2: (fact, standing) = (health(instance, seconds, .healthy), .healthy)
            default: (fact, standing) = (ended(instance, seconds), nil)
            }
            book.note(fact, graph)
            let key = "\(instance) \(fact.member)"
            if let known = last[key] {
                let isOlder = known.fact.time > fact.time && known.fact.time - fact.time <= .minutes(5)
                if !isOlder { last[key] = (fact, standing) }
            } else if standing != nil {
                last[key] = (fact, standing)
            }
            let moment = seconds + Int64(random.next() % 4_000) - 400
            #expect(counts(book, at: moment) == naive(last.values.map { ($0.fact, $0.standing) }, at: second(moment)))
        }
    }

    private func naive(_ last: [(fact: Fact, standing: FleetStanding?)], at now: Timestamp) -> [Int] {
        var counts = [0, 0, 0]
        for (_, told) in Dictionary(grouping: last, by: { $0.fact.labels["instance"] ?? "" }) {
            guard told.contains(where: { now - $0.fact.time < .hours(1) }) else { continue }
            let fresh = told.filter { now - $0.fact.time < .minutes(5) && $0.fact.time - now <= .minutes(5) }
            let standings = fresh.compactMap(\.standing)
            let place = standings.contains(.unhealthy) ? 1 : standings.isEmpty || standings.contains(.unknown) ? 2 : 0
            counts[place] += 1
        }
        return counts
    }
}
