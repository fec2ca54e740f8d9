import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexExpressions

@Suite("JMESPath agrees with the language's compliance suite")
struct JMESPathConformanceTests {
    static let folder = "conformance/jmespath/tests"

    /// The files of the suite with their numbers of results and errors. Benchmarks have none.
    static let files: [(name: String, cases: Int)] = [
        ("basic", 18), ("boolean", 60), ("current", 3), ("escape", 8), ("filters", 88), ("functions", 175),
        ("identifiers", 125), ("indices", 59), ("literal", 41), ("multiselect", 53), ("pipe", 17), ("slice", 41),
        ("syntax", 135), ("unicode", 4), ("wildcard", 65),
    ]

    @Test("every case", .enabled(if: PublicData.here.isExpected(folder), "\(PublicData.hint)"), arguments: files)
    func everyCase(file: (name: String, cases: Int)) throws {
        var count = 0
        for suite in try PublicData.json(Self.folder, file.name + ".json").array ?? [] {
            let given = try #require(suite["given"])
            for entry in suite["cases"]?.array ?? [] {
                let expression = try #require(entry["expression"]?.string)
                count += 1
                let outcome = Self.outcome(expression, given)
                if let error = entry["error"]?.string {
                    #expect(outcome == .failure(error), "\(expression)")
                } else {
                    let expected = try #require(entry["result"])
                    guard case .success(let value) = outcome else {
                        Issue.record("\(expression) should give \(expected.canonicalText), not \(outcome)")
                        continue
                    }
                    #expect(Self.areSame(value, expected, anyOrder: expression.contains("*")), "\(expression)")
                }
            }
        }
        #expect(count == file.cases)
    }

    enum Outcome: Equatable {
        case success(JSONValue)
        case failure(String)
    }

    static func outcome(_ expression: String, _ value: JSONValue) -> Outcome {
        do {
            return .success(try JMESPath(compiling: expression).search(value))
        } catch {
            return .failure(error.kind.rawValue)
        }
    }

    /// Numbers by value. The members of an object have no order, so lists made from all of them may have any.
    static func areSame(_ left: JSONValue, _ right: JSONValue, anyOrder: Bool) -> Bool {
        switch (left, right) {
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            if zip(left, right).allSatisfy({ areSame($0, $1, anyOrder: anyOrder) }) { return true }
            guard anyOrder else { return false }
            return left.map(\.canonicalText).sorted() == right.map(\.canonicalText).sorted()
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { name, value in right[name].map { areSame(value, $0, anyOrder: anyOrder) } ?? false
                }
        case (.int, .double), (.double, .int): return left.double == right.double
        default: return left == right
        }
    }
}
