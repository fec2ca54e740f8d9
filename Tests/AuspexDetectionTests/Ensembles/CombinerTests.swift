import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct CombinerTests {
    private static let members = ["mad", "knn:k=5,window=8", "zscore"]
    private static let list = "members=mad+knn(k=5;window=8)+zscore"

    private func values() -> [Double] {
        var values = sawtooth(rows: 200)
        for row in 90..<94 { values[row] += 9 }
        return values
    }

    private func memberScores() throws -> [[Double]] { try Self.members.map { try output($0, [values()]).scores } }

    private func expectCombined(_ rule: String, _ expected: [Double]) throws {
        let scores = try output("combine:\(Self.list),by=\(rule)", [values()]).scores
        let least = expected.min() ?? 0
        for row in expected.indices {
            #expect(isClose(scores[row], expected[row] - least, within: 1e-9), "\(rule), row \(row)")
        }
    }

    private func deviations(_ scores: [Double]) -> [Double] {
        let sorted = scores.sorted()
        let median = (sorted[scores.count / 2] + sorted[(scores.count - 1) / 2]) / 2
        let mean = scores.reduce(0) { $0 + abs($1 - median) } / Double(scores.count)
        return scores.map { ($0 - median) / mean }
    }

    @Test("the mean and the largest are those of distances from medians in mean absolute deviations")
    func meanAndLargest() throws {
        let voices = try memberScores().map(deviations)
        try expectCombined("mean", (0..<200).map { row in voices.reduce(0) { $0 + $1[row] } / 3 })
        try expectCombined("max", (0..<200).map { row in voices.map { $0[row] }.max() ?? 0 })
    }

    @Test("ranks are shares of rows that score less, ties counting half")
    func ranks() throws {
        let voices = try memberScores().map { scores in
            scores.map { score in
                let less = scores.count { $0 < score }
                let same = scores.count { $0 == score } - 1
                return (Double(less) + Double(same) / 2) / 199
            }
        }
        try expectCombined("rank", (0..<200).map { row in voices.reduce(0) { $0 + $1[row] } / 3 })
    }

    @Test("p-values are combined by the mean of their negative logarithms")
    func pValues() throws {
        let voices = try Self.members.map { member in
            let output = try output(member, [values()])
            return try BatchCalibrator(reference: output.scores, reach: output.reach).calibrated(output.scores)
                .map { -log($0.pValue) }
        }
        try expectCombined("pvalue", (0..<200).map { row in voices.reduce(0) { $0 + $1[row] } / 3 })
    }

    @Test("of a single member the order of rows stays", arguments: ["mean", "max", "rank"])
    func single(rule: String) throws {
        let alone = try output("mad", [values()]).scores
        let combined = try output("combine:members=mad,by=\(rule)", [values()]).scores
        for (one, other) in zip(alone.indices, alone.indices.dropFirst()) {
            #expect((alone[one] < alone[other]) == (combined[one] < combined[other]))
        }
    }

    @Test("who raised a score can be read, by the member's name")
    func attribution() throws {
        let result = try output("combine:\(Self.list)", [values()])
        let attribution = try #require(result.attribution)
        #expect(attribution.members == ["mad", "knn(k=5;window=8)", "zscore"])
        let leaders = attribution.leaders(of: 91)
        #expect(Set(leaders.map(\.member)).isSubset(of: attribution.members) && !leaders.isEmpty)
        #expect(result.reach == 8)
    }

    @Test("a member without a say leaves the others theirs")
    func silentMember() throws {
        let both = try output("combine:members=mad+bocpd,by=max", [values()]).scores
        #expect((88..<96).contains(top(both)))
        let notes = try output("combine:members=mad+knn(window=400)", [values()]).notes
        #expect(notes == ["knn(window=400): 200 row(s) are too few to compare windows of 400 row(s); all scores are 0"])
    }

    @Test("users' own detectors are members, and combinations are, too")
    func ownMembers() throws {
        var registry = DetectorRegistry.standard
        try registry.register(batch: SampleBatchDetector.self)
        let table = try Table(columns: [[1, -2, 3, 9]])
        func scores(_ specification: String) throws -> [Double] {
            try registry.makeBatch(specification).fit(table, training: nil).scores(table).scores
        }
        #expect(top(try scores("combine:members=sample(count=7; mode=exact)+mad")) == 3)
        #expect(
            try scores("combine:members=combine(members=sample(count=7;window=9)+mad;by=max)")
                == scores("combine:members=combine( members = sample + mad ; by = max )"))
        #expect(throws: DetectorError.self) { try DetectorRegistry.standard.makeBatch("combine:members=sample") }
    }

    @Test(
        "a wrong list is refused with the column and what is wrong",
        arguments: [
            ("mad+", 5, "a member is missing"), ("+mad", 1, "a member is missing"), ("mad+ +knn", 6, "a member"),
            ("mad+knn(k=5", 8, "this '(' is not closed"), ("mad)+knn", 4, "')' closes nothing"),
            ("mad+knn(k=5)x", 5, "'knn(k=5)x' is not a name"), ("(k=5)", 1, "'(k=5)' is not a name"),
            ("mad+knnn", 5, "unknown detector 'knnn', did you mean 'knn'?"),
            ("mad+ knn(kk=5)", 6, "detector 'knn' has no parameter 'kk', did you mean 'k'?"),
            ("mad+knn(k=x)", 5, "detector 'knn': k=x is not allowed"),
            ("a(b(c(d(e))))", 8, "parentheses are nested deeper than 3"),
            ([String](repeating: "mad", count: 33).joined(separator: "+"), 129, "more than 32 members"),
        ])
    func wrong(list: String, column: Int, reason: String) throws {
        let error = #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeBatch("combine:members=\(list)")
        }
        guard case .malformedSpecification(let text, let place, let said) = error else {
            Issue.record("\(list): \(String(describing: error))")
            return
        }
        #expect(text == list)
        #expect(place == column)
        #expect(said.hasPrefix(reason), "\(said)")
    }

    @Test("semicolons inside a member are its commas, and those of its own members are left to it")
    func semicolons() throws {
        let members = try CombinerMembers(" mad + knn(k=5; window=64)+combine(members=lof(k=3;window=2);by=max) ")
            .members
        #expect(
            members.map(\.specification) == [
                "mad", "knn:k=5, window=64", "combine:members=lof(k=3;window=2),by=max",
            ])
        #expect(members.map(\.column) == [2, 8, 28])
    }

    @Test("what a member refuses is refused")
    func refusal() throws {
        let table = try Table(columns: [[Double](repeating: 0, count: 820_001)])
        let model = try DetectorRegistry.standard.makeBatch("combine:members=mad+knn(window=2)")
            .fit(table, training: nil)
        #expect(throws: DetectorError.self) { try model.scores(table) }
    }
}
