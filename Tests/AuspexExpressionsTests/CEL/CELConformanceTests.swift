import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexExpressions

@Suite("CEL agrees with the language's conformance suite")
struct CELConformanceTests {
    static let folder = "conformance/cel-spec/json"

    struct File: Sendable, CustomTestStringConvertible {
        let name: String
        /// Tests without messages of the suite's own types, which JSON events don't have.
        let count: Int
        /// What tests give whose values are wrong in the JSON form of the suite.
        var corrected: [String: CELValue] = [:]
        /// Tests of nothing but the type that a checker deduces. Ours knows shapes, no type parameters.
        var typeOnly = 0

        var testDescription: String { name }
    }

    /// In the suite's own form the value is `" \? \" \' \` "`, where `\?` is the text format's escape for a question mark.
    /// The conversion to JSON didn't know that escape and kept its backslash, which the expression doesn't have.
    private static let punctuation = CELValue.bytes(Array(" ? \" ' ` ".utf8))

    static let files: [File] = [
        File(name: "basic", count: 43),
        File(name: "comparisons", count: 362),
        File(name: "conversions", count: 109),
        File(name: "fields", count: 60),
        File(name: "fp_math", count: 30),
        File(name: "integer_math", count: 64),
        File(name: "lists", count: 39),
        File(name: "logic", count: 30),
        File(name: "macros", count: 44),
        File(name: "namespace", count: 14),
        File(
            name: "parse", count: 193,
            corrected: [
                "bytes_literals/triple_single_quoted_unescaped_punctuation": punctuation,
                "bytes_literals/triple_double_quoted_unescaped_punctuation": punctuation,
            ]),
        File(name: "plumbing", count: 5),
        File(name: "string", count: 51),
        File(name: "timestamps", count: 77),
        File(name: "bindings_ext", count: 8),
        File(name: "block_ext", count: 25),
        File(name: "dynamic", count: 53),
        File(name: "encoders_ext", count: 4),
        File(name: "macros2", count: 46),
        File(name: "math_ext", count: 199),
        File(name: "network_ext", count: 69),
        File(name: "optionals", count: 59),
        File(name: "string_ext", count: 213),
        File(name: "type_deduction", count: 26, typeOnly: 14),
    ]

    @Test("every test", .enabled(if: PublicData.here.isExpected(folder), "\(PublicData.hint)"), arguments: files)
    func everyTest(file: File) throws {
        var count = 0
        var failures: [String] = []
        var typeOnly = 0
        var corrections = file.corrected
        for section in try PublicData.json(Self.folder, file.name + ".json")["section"]?.array ?? [] {
            for json in section["test"]?.array ?? [] where json["x_needs_proto"]?.bool != true {
                count += 1
                let name = "\(section["name"]?.string ?? "")/\(json["name"]?.string ?? "")"
                guard var test = CELConformanceTest(json, section: section["name"]?.string ?? "") else {
                    failures.append("\(name): has values that can't be read")
                    continue
                }
                if test.isCheckOnly {
                    typeOnly += 1
                    continue
                }
                if let value = corrections.removeValue(forKey: name) {
                    if test.failure() == nil { failures.append("\(name): passes uncorrected") }
                    test.expected = value
                }
                if let failure = test.failure() { failures.append(failure) }
            }
        }
        #expect(failures == [])
        #expect(count == file.count)
        #expect(typeOnly == file.typeOnly)
        #expect(corrections.isEmpty, "there are no such tests: \(corrections.keys.sorted())")
    }
}
