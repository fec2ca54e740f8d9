import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

/// Documents of models with numbers that nobody has measured: refused, or used without harm.
@Suite struct HostileModelTests {
    /// A place in a document: names of members and places in lists.
    private typealias Place = [String]

    private static let numbers: [any Sendable] = [
        Int.max, Int.min, Int.max - 1, 1_000_000_000_000, 1_000_000_000_001, -1, 0, 1, 1e308, -1e308, 1e300, 1e15, 1e9,
        -1e9, 1e-9, 1e-308, Double.leastNonzeroMagnitude, -0.999_999_999,
    ]

    @Test("a hostile number anywhere in a document is refused, or all that the model says stays finite")
    func oneNumber() throws {
        let document = try Self.document()
        let places = Self.places(in: document)
        #expect(places.count > 40)
        for place in places {
            for number in Self.numbers { try check(Self.putting(number, at: place[...], in: document), "\(place)") }
        }
    }

    @Test("so are hostile numbers in several places at once")
    func severalNumbers() throws {
        let document = try Self.document()
        let places = Self.places(in: document)
        var lots = SplitMix64(seed: 9)
        for _ in 0..<1_000 {
            // Several of one part meet in the same sum.
            let part = places[Int(lots.next() % UInt64(places.count))][0]
            let near = places.filter { $0[0] == part }
            var changed = document
            var said = ""
            for _ in 0..<(2 + lots.next() % 3) {
                let place = near[Int(lots.next() % UInt64(near.count))]
                let number = Self.numbers[Int(lots.next() % UInt64(Self.numbers.count))]
                changed = Self.putting(number, at: place[...], in: changed)
                said += "\(place): \(number) "
            }
            try check(changed, said)
        }
    }

    @Test(
        "numbers that would overflow are refused",
        arguments: [
            (["tracker", "outcomes"], Int.max as any Sendable), (["tracker", "outcomes"], -1),
            (["training", "changes"], Int.max), (["weights", "linear"], 1e308), (["weights", "size"], 1e10),
        ])
    func refused(place: [String], number: any Sendable) throws {
        let text = try Self.text(Self.putting(number, at: place[...], in: Self.document()))
        #expect(throws: RiskModelError.self) { try RiskModel(json: text) }
    }

    /// Reads a document and, when it is a model, uses it in every way that models are used.
    private func check(_ document: Any, _ said: String) throws {
        guard var model = try? RiskModel(json: Self.text(document)) else { return }
        let changes = MadeChanges.make(4, seed: 3, scale: 1e6).map {
            LabelledChange(
                time: model.learnedTo + .hours(1), measures: $0.measures, isHarmful: $0.isHarmful)
        }
        for change in changes {
            let assessment = model.assess(change.measures, after: model.lastChanges)
            let risk = try #require(assessment.risk)
            let probability = try #require(risk.probability)
            #expect((0...1).contains(probability) && (risk.lift ?? .nan).isFinite && risk.trainedOn > 1, "\(said)")
            #expect(assessment.reasons.allSatisfy { (0...1.000_001).contains($0.weight) }, "\(said)")
        }
        if let drift = RiskDrift(of: changes, from: model) {
            #expect(drift.stability.values.allSatisfy(\.isFinite) && drift.expectedRate.isFinite, "\(said)")
        }
        _ = model.learn(changes)
        let learned = try JSONText.pretty(model)
        #expect(throws: Never.self, "\(said)") { try RiskModel(json: learned) }
    }

    /// A small model with all parts.
    private static func document() throws -> Any {
        let model = try RiskTrainer.train(MadeChanges.make(250), service: "shop")
        let text = try JSONText.pretty(model)
        var members = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let tree: [String: Any] = ["columns": [1], "thresholds": [2.5], "leaves": [-0.5, 0.5]]
        members["trees"] = ["base": -1.5, "trees": [tree]] as [String: Any]
        members["last_changes"] = (members["last_changes"] as? [Any])?.suffix(10).map { $0 }
        return members
    }

    /// Where numbers are; of lists only both ends.
    private static func places(in document: Any) -> [Place] {
        if let members = document as? [String: Any] {
            return members.keys.sorted().flatMap { name in
                places(in: members[name] ?? 0).map { [name] + $0 }
            }
        }
        if let list = document as? [Any] {
            return Set([0, list.count - 1]).sorted().filter(list.indices.contains).flatMap { index in
                places(in: list[index]).map { ["\(index)"] + $0 }
            }
        }
        return document is String ? [] : [[]]
    }

    private static func putting(_ number: Any, at place: ArraySlice<String>, in document: Any) -> Any {
        guard let step = place.first else { return number }
        if var members = document as? [String: Any] {
            members[step] = putting(number, at: place.dropFirst(), in: members[step] ?? 0)
            return members
        }
        guard var list = document as? [Any], let index = Int(step) else { return document }
        list[index] = putting(number, at: place.dropFirst(), in: list[index])
        return list
    }

    private static func text(_ document: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: document), as: UTF8.self)
    }
}
