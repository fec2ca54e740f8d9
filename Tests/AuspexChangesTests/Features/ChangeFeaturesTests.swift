import Foundation
import Testing

@testable import AuspexChanges

@Suite struct ChangeFeaturesTests {
    @Test("in JSON the measures have the paper's names, and come back as they were")
    func names() throws {
        var features = ChangeFeatures()
        features.linesAdded = 12
        features.isFix = true
        features.entropy = 0.5
        let data = try JSONEncoder().encode(features)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let names = [
            "ns", "nd", "nf", "entropy", "la", "ld", "lt", "fix", "ndev", "age", "nuc", "exp", "rexp", "sexp",
        ]
        #expect(Set(object.keys) == Set(names))
        #expect(Set(ChangeFeature.allCases.map(\.rawValue)) == Set(names))
        #expect(object["la"] as? Int == 12 && object["fix"] as? Int == 1)
        #expect(try JSONDecoder().decode(ChangeFeatures.self, from: data) == features)
    }

    @Test("every measure reads its own member")
    func values() {
        var features = ChangeFeatures()
        features.subsystems = 1
        features.directories = 2
        features.files = 3
        features.entropy = 0.4
        features.linesAdded = 5
        features.linesDeleted = 6
        features.linesBefore = 7
        features.isFix = true
        features.developers = 8
        features.age = 9
        features.uniqueChanges = 10
        features.experience = 11
        features.recentExperience = 12
        features.subsystemExperience = 13
        let expected: [ChangeFeature: Double] = [
            .ns: 1, .nd: 2, .nf: 3, .entropy: 0.4, .la: 5, .ld: 6, .lt: 7, .fix: 1, .ndev: 8, .age: 9, .nuc: 10,
            .exp: 11, .rexp: 12, .sexp: 13,
        ]
        for feature in ChangeFeature.allCases { #expect(feature.value(of: features) == expected[feature]) }
    }

    @Test(
        "the spread is 0 for one file, 1 for an even one",
        arguments: [
            ([], 0), ([5], 0), ([0, 0], 0), ([3, 3], 1), ([1, 1, 1, 1], 1), ([5, 0], 0),
            ([1, 3], 0.811_278_124_459_132_8),
            ([1, 1, 2], 0.946_394_630_357_186_1),
        ] as [([Int], Double)])
    func entropy(lines: [Int], expected: Double) {
        #expect(abs(ChangeHistory.normalisedEntropy(of: lines) - expected) < 1e-12)
    }

    @Test(
        "a message that says so is a fix",
        arguments: [
            "fix: crash on start", "Fixes #12", "FIXED", "a bug", "hotfix/login", "feat: x\n\nfixes the defect of x",
            "Regression in v2", "(bugfix)", "fix",
        ])
    func fixes(message: String) {
        #expect(FixMessage.tells(message))
    }

    @Test(
        "words that only contain one are no fix",
        arguments: ["", "prefix", "fixture", "debug output", "suffixes", "fix_me", "Add affix", "default", "12", "ﬁx"])
    func noFixes(message: String) {
        #expect(!FixMessage.tells(message))
    }
}
