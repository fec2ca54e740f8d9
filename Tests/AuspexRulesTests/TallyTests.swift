import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("Counting what a condition needs")
struct TallyTests {
    /// The plain way: all that came, gone through for every question.
    private struct Naive {
        var moments: [(value: String, time: Int64)] = []
        var series: [Int: (value: String?, time: Int64)] = [:]

        func values(after start: Int64, upTo end: Int64) -> Int {
            var latest: [String: Int64] = [:]
            for moment in moments { latest[moment.value] = max(moment.time, latest[moment.value] ?? .min) }
            return latest.values.count { $0 > start && $0 <= end }
        }
    }

    private func requirement(_ more: String) throws -> CountRequirement {
        let source = more.contains("within") ? "log" : "metric"
        let rules = try rules(when: "{source: \(source), where: 'true', count: {gte: 3\(more)}}")
        return try #require(rules.rules.first?.conditions.first?.count)
    }

    @Test("different values in a sliding window, in order and late", arguments: [0, 5, 40])
    func values(lateness: Int64) throws {
        let count = try requirement(", distinct: labels.user, within: 20s")
        var generator = SplitMix64(seed: 5)
        for _ in 0..<30 {
            var (tally, naive) = (Tally(), Naive())
            for step in 0..<Int64(400) {
                let late = Int.random(in: 0..<4, using: &generator) == 0 ? lateness : 0
                let time = max(0, step / 2 - Int64.random(in: 0...late, using: &generator))
                let value = "\(Int.random(in: 0..<15, using: &generator))"
                naive.moments.append((value, time))
                #expect(tally.add(value, at: second(time), count) == naive.values(after: time - 20, upTo: time))
                if step % 50 == 49 {
                    let bytes = try JSONEncoder().encode(tally)
                    let read = try JSONDecoder().decode(Tally.self, from: bytes)
                    #expect(read == tally)
                    tally = read
                }
                if step % 97 == 96 {
                    tally.forget(upTo: second(step / 2 - lateness - 20))
                    naive.moments.removeAll { $0.time <= step / 2 - lateness - 20 }
                }
            }
        }
    }

    @Test("moments in a sliding window, as many as are told apart")
    func moments() throws {
        let count = try requirement(", within: 20s")
        var tally = Tally()
        for step in 0..<Int64(100) { #expect(tally.add(nil, at: second(step), count) == min(step + 1, 20)) }
        for _ in 0..<3_000 { _ = tally.add(nil, at: second(100), count) }
        #expect(tally.add(nil, at: second(100), count) == FactCount.mostMoments)
    }

    @Test("values beyond what is told apart are not counted, until others are over")
    func most() throws {
        let count = try requirement(", distinct: labels.user, within: 1h")
        var tally = Tally()
        for number in 0..<CountRequirement.most {
            #expect(tally.add("\(number)", at: second(Int64(number)), count) == min(number + 1, 3_600))
        }
        #expect(tally.add("new", at: second(10_000), count) == 3_600)
        var crowded = Tally()
        for number in 0..<CountRequirement.most { _ = crowded.add("\(number)", at: second(0), count) }
        #expect(crowded.add("new", at: second(1), count) == CountRequirement.most)
        #expect(crowded.add("7", at: second(1), count) == CountRequirement.most)
        #expect(crowded.add("new", at: second(3_600), count) == 2)
    }

    @Test("series for which the condition holds, and their values")
    func series() throws {
        let (plain, distinct) = (try requirement(""), try requirement(", distinct: labels.host"))
        var generator = SplitMix64(seed: 6)
        var (tally, naive) = (Tally(), Naive())
        for step in 0..<Int64(3_000) {
            let number = Int.random(in: 0..<20, using: &generator)
            let time = step - Int64.random(in: 0...3, using: &generator)
            let value = Bool.random(using: &generator) ? "\(number % 4)" : ["", "x"].randomElement(using: &generator)
            let holds = Int.random(in: 0..<3, using: &generator) > 0
            tally.set(Labels(["n": "\(number)"]).id, holds ? value : nil, holds: holds, at: second(time))
            if naive.series[number].map({ $0.time <= time }) ?? holds {
                naive.series[number] = (holds ? value : nil, time)
                if naive.series.values.allSatisfy({ $0.value == nil }) { naive.series = [:] }
            }
            let values = naive.series.values.compactMap(\.value)
            #expect(tally.reached(plain) == values.count)
            #expect(tally.reached(distinct) == Set(values).subtracting([""]).count)
            if step % 500 == 0 {
                tally = try JSONDecoder().decode(Tally.self, from: JSONEncoder().encode(tally))
            }
        }
    }

    @Test("of too many series those for which the condition does not hold make room")
    func mostSeries() throws {
        let count = try requirement("")
        var tally = Tally()
        for number in 0..<CountRequirement.most + 5 {
            tally.set(Labels(["n": "\(number)"]).id, nil, holds: true, at: second(0))
        }
        #expect(tally.reached(count) == CountRequirement.most)
        tally.set(Labels(["n": "1"]).id, nil, holds: false, at: second(1))
        tally.set(Labels(["n": "new"]).id, nil, holds: true, at: second(1))
        #expect(tally.reached(count) == CountRequirement.most)
    }
}
