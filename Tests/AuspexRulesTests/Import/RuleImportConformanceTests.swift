import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("Importing Prometheus' own rule files")
struct RuleImportConformanceTests {
    static let folder = "conformance/prometheus-rules"

    /// The files of rules, by their paths below the folder; tests of rules have no groups.
    private static func files() throws -> [(path: String, text: String)] {
        let root = try PublicData.here.url(folder)
        let all = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return try all.filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.sorted().map { path in
            (path, try String(contentsOf: root.appending(path: path), encoding: .utf8))
        }
    }

    @Test(
        "every rule of every file is imported or left out with a reason, and what is imported can be loaded",
        .enabled(if: PublicData.here.isExpected(folder), "\(PublicData.hint)"))
    func everyRule() throws {
        let files = try Self.files()
        #expect(files.count >= 35)
        var counts: [String: Int] = [:]
        for (path, text) in files where text.contains(/(?m)^groups:/) {
            let result = try imported(text, file: path)
            // In these files a rule begins where its name stands, and none has two findings that leave it out.
            let firstDocument = text.components(separatedBy: "\n---\n")[0]
            let names = firstDocument.matches(of: /(?m)^\s*- (?:alert|record):/).count
            let extra = firstDocument == text ? 0 : 1
            let recordings = result.findings.count { if case .recording = $0.subject { true } else { false } }
            #expect(result.rules.count + result.leftOut.count + recordings == names + extra, "\(path)")
            for finding in result.findings {
                #expect(finding.location.line != nil && !finding.message.isEmpty, "\(finding)")
            }
            #expect(try result.loaded().rules.map(\.id) == result.rules.map(\.id), "\(path)")
            for finding in result.leftOut {
                if case .alert = finding.subject { counts["left out", default: 0] += 1 }
            }
            counts["imported", default: 0] += result.rules.count
        }
        // The alerts of these files: two about `up == 0` in three files, the others are constants or aggregations.
        #expect(counts == ["imported": 3, "left out": 7])
    }

    @Test(
        "every expression but the one that is wrong on purpose is PromQL",
        .enabled(if: PublicData.here.isExpected(folder), "\(PublicData.hint)"))
    func everyExpression() throws {
        var count = 0
        var wrong: [String] = []
        for (path, text) in try Self.files() where text.contains(/(?m)^groups:/) {
            for group in try DocumentParser.documents(in: text, file: path).first?.root["groups"]?.elements ?? [] {
                for expression in group["rules"]?.elements?.compactMap({ $0["expr"]?.text }) ?? [] {
                    count += 1
                    if (try? PromQLParser.parse(expression)) == nil { wrong.append(expression) }
                }
            }
        }
        #expect(count > 80)
        #expect(wrong == ["test +"])
    }

    @Test(
        "files that hold tests of rules are refused by name",
        .enabled(if: PublicData.here.isExpected(folder), "\(PublicData.hint)"))
    func otherFiles() throws {
        for (path, text) in try Self.files() where !text.contains(/(?m)^groups:/) {
            let error = #expect(throws: DocumentError.self) { try imported(text, file: path) }
            #expect(error?.description.hasPrefix("\(path):") == true)
        }
    }
}
