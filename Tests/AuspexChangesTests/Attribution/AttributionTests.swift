import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct AttributionTests {
    private let noon = Timestamp(milliseconds: 1_772_366_400_000)

    private func deploy(_ id: String, _ service: String = "shop", at minutes: Int64, lasting: Int64? = 0) -> Change {
        Change(
            id: id, service: service, startedAt: noon + .minutes(minutes),
            endedAt: lasting.map { noon + .minutes(minutes + $0) }, outcome: .success)
    }

    private func faults(
        _ minutes: Int64..., signature: String = "errors", service: String = "shop", places: Set<Place> = []
    ) -> [Fault] {
        minutes.map { Fault(signature: signature, service: service, places: places, time: noon + .minutes($0)) }
    }

    /// A policy in which nothing but the votes counts, with one window of an hour.
    private var plain: BlamePolicy {
        var policy = BlamePolicy()
        policy.windows = [.init(.hours(1), weight: 1)]
        policy.halfLife = nil
        policy.leastShare = nil
        return policy
    }

    private func score(_ candidate: BlameCandidate, _ faults: [Fault], _ policy: BlamePolicy) throws -> Double {
        try #require(Attribution.rank([candidate], for: faults, policy: policy).blames.first).score
    }

    @Test(
        "votes less vetoes are counted as the formula says",
        arguments: [(0, 3), (1, 3), (2, 3), (3, 3), (4, 3), (0, 0)])
    func formula(vetoes: Int, votes: Int) throws {
        let before = (0..<vetoes).flatMap { faults(-10 - Int64($0)) }
        let after = (0..<votes).flatMap { faults(5 + Int64($0)) }
        let score = try score(BlameCandidate(deploy("d", at: 0)), before + after, plain)
        let expected = votes > vetoes ? max(0, log(Double(votes - vetoes + 1) / Double(vetoes + 1))) : 0
        #expect(abs(score - expected) < 1e-12)
    }

    @Test("a window has the faults up to its end, and the time since the previous change makes one of its own")
    func windows() throws {
        let candidate = BlameCandidate(deploy("d", at: 0))
        #expect(try score(candidate, faults(60), plain) == log(2))
        #expect(try score(candidate, faults(61), plain) == 0)
        var late = candidate
        late.previous = noon - .hours(2)
        var policy = plain
        policy.sincePreviousWeight = 0.5
        #expect(try score(late, faults(61), policy) == 0.5 * log(2))
        #expect(try score(late, faults(121), policy) == 0)
    }

    @Test("a veto older than three days is none")
    func oldVeto() throws {
        let candidate = BlameCandidate(deploy("d", at: 0))
        let votes = faults(1, 2, 3)
        #expect(try score(candidate, votes + faults(-72 * 60), plain) < log(4))
        #expect(try score(candidate, votes + faults(-72 * 60 - 1), plain) == log(4))
    }

    @Test("the age of a fault counts from the end of a change that had ended, else from its start")
    func age() throws {
        var policy = plain
        policy.halfLife = .hours(1)
        policy.windows = [.init(.hours(72), weight: 1)]
        #expect(
            abs(try score(BlameCandidate(deploy("d", at: 0, lasting: 30)), faults(90), policy) - log(2) / 2) < 1e-12)
        #expect(
            abs(try score(BlameCandidate(deploy("d", at: 0, lasting: nil)), faults(60), policy) - log(2) / 2) < 1e-12)
        #expect(try score(BlameCandidate(deploy("d", at: 0, lasting: 30)), faults(20), policy) > log(2) / 2)
    }

    @Test("a fault of another service counts less for each step, and none of one that doesn't depend on it")
    func distance() throws {
        let candidate = BlameCandidate(deploy("d", "db", at: 0), distances: ["db": 0, "shop": 1, "web": 2])
        for (service, factor) in [("db", 1), ("shop", 0.3), ("web", 0.09), ("other", 0)] {
            #expect(abs(try score(candidate, faults(5, service: service), plain) - factor * log(2)) < 1e-12)
        }
    }

    @Test("faults in places that the change did not reach speak against it")
    func places() throws {
        func instances(_ names: String...) -> Set<Place> { Set(names.map { Place(kind: "instance", name: $0) }) }
        var policy = plain
        policy.leastShare = 0.3
        let candidate = BlameCandidate(deploy("d", at: 0), places: instances("a", "b"))
        func score(_ places: [Set<Place>]) throws -> Double {
            try self.score(candidate, places.flatMap { faults(5, places: $0) }, policy)
        }
        #expect(try score([instances("a")]) == log(2))
        #expect(abs(try score([instances("a"), instances("c")]) - log(3) / 2) < 1e-12)
        #expect(try score([instances("a"), instances("c"), instances("d"), instances("e")]) == 0)
        // What nobody knows is not held against it.
        #expect(try score([[]]) == log(2))
        #expect(try score([[Place(kind: "zone", name: "z")]]) == log(2))
    }

    @Test("another service's instances say nothing, its environment does")
    func sharedPlaces() throws {
        var policy = plain
        policy.leastShare = 0.3
        let candidate = BlameCandidate(
            deploy("d", "db", at: 0),
            places: [Place(kind: "instance", name: "db-1"), Place(kind: "environment", name: "production")],
            distances: ["db": 0, "shop": 1])
        func score(_ kind: String, _ name: String) throws -> Double {
            try self.score(candidate, faults(5, service: "shop", places: [Place(kind: kind, name: name)]), policy)
        }
        #expect(try score("instance", "shop-1") > 0)
        #expect(try score("environment", "production") > 0)
        #expect(try score("environment", "staging") == 0)
    }

    @Test("a change that began after the faults is not to blame, nor is anything without faults")
    func nothing() throws {
        let ranking = Attribution.rank([BlameCandidate(deploy("d", at: 10))], for: faults(5))
        #expect(ranking.blames.first?.score == 0)
        #expect(ranking.blames.first?.reasons == ["it began after the last of the faults"])
        #expect(ranking.none == 1)
        #expect(ranking.culprit(atLeast: 0.1) == nil)
        #expect(Attribution.rank([BlameCandidate(deploy("d", at: 10))], for: []).none == 1)
        #expect(Attribution.rank([], for: faults(5)).blames.isEmpty)
    }

    @Test("faults that were there before the later of two changes lead to the earlier one")
    func decoy() throws {
        let ranking = Attribution.rank(
            [BlameCandidate(deploy("cause", at: 0)), BlameCandidate(deploy("decoy", at: 40))],
            for: faults(30, 35, 45, 50, 55, 60))
        #expect(ranking.culprit(atLeast: 0.4)?.change.id == "cause")
        let decoy = try #require(ranking.blames.last)
        #expect(decoy.change.id == "decoy")
        #expect(decoy.vetoes == 2)
        #expect(decoy.reasons.contains("2 faults of the kind before it already"))
        #expect(ranking.blames.first?.reasons.first?.hasPrefix("6 faults after it, 6 of them within an hour") == true)
    }

    /// Changes and faults as they come, some of them at the extremes of time.
    private func made(_ lots: inout SplitMix64) -> (candidates: [BlameCandidate], faults: [Fault]) {
        let services = ["a", "b", "c"]
        let candidates = (0..<Int(lots.next() % 6)).map { number -> BlameCandidate in
            let change = deploy(
                "d\(number)", services[Int(lots.next() % 3)], at: Int64(lots.next() % 6_000),
                lasting: lots.next() % 4 == 0 ? nil : Int64(lots.next() % 30))
            var distances = [services[Int(lots.next() % 3)]: Int(lots.next() % 3)]
            distances[change.service] = 0
            return BlameCandidate(
                change, places: lots.next() % 2 == 0 ? [] : [Place(kind: "instance", name: "\(lots.next() % 3)")],
                distances: distances,
                previous: lots.next() % 2 == 0 ? nil : change.startedAt - .minutes(Int64(lots.next() % 9_000)))
        }
        let faults = (0..<Int(lots.next() % 30)).map { _ in
            let minutes = lots.next() % 20 == 0 ? Int64.max / 60_001 : Int64(lots.next() % 7_000)
            return Fault(
                signature: "s\(lots.next() % 3)", service: services[Int(lots.next() % 3)],
                places: [Place(kind: "instance", name: "\(lots.next() % 3)")],
                time: Timestamp(milliseconds: 0) + TimeSpan(milliseconds: noon.milliseconds) + .minutes(minutes))
        }
        return (candidates, faults)
    }

    @Test("the order of changes and faults does not matter, and the shares are parts of one")
    func properties() {
        var lots = SplitMix64(seed: 11)
        for _ in 0..<300 {
            let (candidates, faults) = made(&lots)
            let ranking = Attribution.rank(candidates, for: faults)
            #expect(
                Attribution.rank(candidates.shuffled(using: &lots), for: faults.shuffled(using: &lots)) == ranking)
            let sum = ranking.blames.reduce(ranking.none) { $0 + $1.share }
            #expect(abs(sum - 1) < 1e-9)
            #expect(ranking.blames.allSatisfy { (0...1).contains($0.share) && $0.score.isFinite })
            #expect((0...1).contains(ranking.none))
        }
    }

    @Test("a fault before a change never raises its score, nor its share beside none of these")
    func vetoesNeverHelp() throws {
        var lots = SplitMix64(seed: 12)
        for _ in 0..<300 {
            let (candidates, faults) = made(&lots)
            guard let candidate = candidates.randomElement(using: &lots) else { continue }
            let before = try #require(
                Attribution.rank(candidates, for: faults).blames.first { $0.change == candidate.change })
            let veto = Fault(
                signature: "s\(lots.next() % 3)", service: candidate.change.service,
                time: candidate.change.startedAt - .minutes(1 + Int64(lots.next() % 5_000)))
            let ranking = Attribution.rank(candidates, for: faults + [veto])
            let after = try #require(ranking.blames.first { $0.change == candidate.change })
            #expect(after.score <= before.score)
            let alone = Attribution.rank([candidate], for: faults).blames.first?.share ?? 0
            #expect((Attribution.rank([candidate], for: faults + [veto]).blames.first?.share ?? 1) <= alone)
        }
    }
}
