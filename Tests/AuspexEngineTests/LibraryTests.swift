import AuspexDocuments
import AuspexRules
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEngine

@Suite("Rules and runbooks, loaded together") struct LibraryTests {
    private static let rule = """
        kind: rule
        id: down
        title: Down
        owner: test
        status: stable
        severity: critical
        when: {up: {source: metric, where: 'up.name == "up" && up.value == 0'}}
        group_by: [job]
        then: [{runbook: tell, mode: auto}]
        """
    private static let runbook = """
        kind: runbook
        id: tell
        version: 1
        title: Tell people
        owner: test
        steps: [{id: say, run: {argv: [/usr/bin/true]}, effect: read}]
        verify: {alerts_clear: [{rule: down}], for: 1s, within: 2s}
        """

    private func load(rule: String, runbook: String) throws -> Library {
        let directory = try TemporaryDirectory()
        return try Library(
            rulePaths: [try directory.file("rules/r.yaml", rule)],
            runbookPaths: [try directory.file("runbooks/b.yaml", runbook)])
    }

    @Test("what fits together loads")
    func whole() throws {
        let library = try load(rule: Self.rule, runbook: Self.runbook)
        #expect(library.runbooks.keys.sorted() == ["tell"])
        #expect(library.rules.rules.map(\.id) == ["down"])
    }

    @Test("the rules and runbooks that ship fit together, and what the ones pass is what the others take")
    func shipped() throws {
        let rules = PublicData.repository.appending(path: "Rules").path
        let library = try Library(rulePaths: [rules], runbookPaths: [rules + "/runbooks"])
        for rule in library.rules.rules {
            for response in rule.responses {
                guard let id = response.runbook else { continue }
                let runbook = try #require(library.runbooks[id])
                let passed = Set(response.parameters.map(\.name))
                #expect(passed.isSubset(of: runbook.parameters.map(\.name)), "\(rule.id) passes too much")
                let required = runbook.parameters.filter(\.isRequired).map(\.name)
                #expect(passed.isSuperset(of: required), "\(rule.id) passes too little")
            }
        }
    }

    @Test("limits of a rule tighten what holds for all, and are refused where they would loosen it")
    func limits() throws {
        let directory = try TemporaryDirectory()
        var configuration = EngineConfiguration()
        configuration.runbookPaths = [try directory.file("runbooks/b.yaml", Self.runbook)]
        func load(_ limits: String) throws -> ResponseLimits? {
            configuration.rulePaths = [try directory.file("rules/r.yaml", Self.rule + "\nlimits: \(limits)")]
            return try Library(configuration).rules.rules.first?.limits
        }
        #expect(
            try load("{max_active: 1, max_per_hour: 2, cool_down: 2h}")
                == ResponseLimits(mostAtOnce: 1, mostPerHour: 2, coolDown: .hours(2)))
        let error = #expect(throws: DocumentError.self) { try load("{max_active: 9, max_per_hour: 2, cool_down: 1m}") }
        #expect(error?.description.contains("max_active 9, where 3 holds for all") == true)
        #expect(error?.description.contains("cool_down 1m, where 30m holds for all") == true)
        #expect(error?.diagnostics.count == 2)
    }

    @Test("a rule that asks for a runbook that does not exist is told, with the place")
    func missingRunbook() {
        let error = #expect(throws: DocumentError.self) {
            try load(rule: Self.rule.replacing("runbook: tell", with: "runbook: tel"), runbook: Self.runbook)
        }
        #expect(error?.description.contains("r.yaml:9:") == true)
        #expect(error?.description.contains("did you mean 'tell'?") == true)
    }

    @Test("a runbook that waits for the alerts of a rule that does not exist is told, with the place")
    func missingRule() {
        let error = #expect(throws: DocumentError.self) {
            try load(rule: Self.rule, runbook: Self.runbook.replacing("rule: down", with: "rule: donw"))
        }
        #expect(error?.description.contains("b.yaml:1:1: runbook 'tell' waits for the alerts of rule 'donw'") == true)
        #expect(error?.description.contains("did you mean 'down'?") == true)
    }
}
