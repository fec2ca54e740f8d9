import Auspex
import AuspexTesting
import Foundation
import Testing

@testable import ExampleDetector

@Suite struct ExampleDetectorTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("the examples keep what every detector must keep")
    func conformance() throws {
        var registry = DetectorRegistry.standard
        try registry.register(batch: Jumps.self)
        try registry.register(streaming: NewExtremes.self)
        #expect(DetectorConformance("jumps", registry: registry).failures() == [])
        // It never finds a second anomaly that is smaller than the first.
        #expect(DetectorConformance("new-extremes", registry: registry, areaFloor: 0.5).failures() == [])
    }

    @Test("the article shows the very code", arguments: ["Jumps", "NewExtremes", "Main"])
    func article(file: String) throws {
        let article = try String(
            contentsOf: Self.root.appending(path: "Sources/Auspex/Auspex.docc/WriteADetector.md"), encoding: .utf8)
        let code = try String(
            contentsOf: Self.root.appending(path: "Sources/ExampleDetector/\(file).swift"), encoding: .utf8)
        #expect(article.contains("```swift\n" + code + "```\n"), "copy \(file).swift into the article")
    }
}
