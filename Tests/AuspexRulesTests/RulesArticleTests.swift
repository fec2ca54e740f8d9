import Foundation
import Testing

@testable import AuspexRules

@Suite("The rules of the documentation")
struct RulesArticleTests {
    @Test("each of them loads, and passes the tests that it brings")
    func articles() throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        var count = 0
        for article in ["Rules", "Logs"] {
            let file = root.appending(path: "Sources/Auspex/Auspex.docc/\(article).md")
            let text = try String(contentsOf: file, encoding: .utf8)
            for block in text.matches(of: /```yaml\n(kind: rule\n(?s:.*?))```/) {
                let rules = try RuleLoader.load(text: String(block.1), file: "\(article).md")
                let results = RuleTestRunner.run(rules)
                #expect(!results.isEmpty)
                #expect(results.flatMap(\.failures).map(\.message) == [])
                count += 1
            }
        }
        #expect(count == 4)
        let rules = root.appending(path: "Sources/Auspex/Auspex.docc/Rules.md")
        let text = try String(contentsOf: rules, encoding: .utf8)
        let window = try #require(text.firstMatch(of: /```yaml\n(kind: window\n(?s:.*?))```/))
        #expect(try RuleLoader.load(text: String(window.1), file: "Rules.md").windows.windows.count == 1)
        let services = try #require(text.firstMatch(of: /```yaml\n(kind: services\n(?s:.*?))```/))
        #expect(try RuleLoader.load(text: String(services.1), file: "Rules.md").services.links.count == 2)
    }
}
