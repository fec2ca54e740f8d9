import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

@Suite("The runbooks that ship") struct ShippedRunbooksTests {
    private let runbooks: [Runbook]

    init() throws {
        runbooks = try RunbookLoader.load(paths: [TestData.shippedRunbooks])
    }

    /// Runbooks that only read or tell, so that nothing has to be waited for afterwards.
    private static let harmless: Set = ["collect-diagnostics", "page-oncall"]

    @Test("there are enough for a first day, each in a file of its name, with tests, which pass")
    func allPass() throws {
        #expect(runbooks.count >= 12)
        for runbook in runbooks {
            #expect(runbook.location.file.hasSuffix("/\(runbook.id).yaml"))
            let outcomes = RunbookTestRunner.run(runbook)
            #expect(outcomes.count >= 2, "\(runbook.id) has too few tests")
            #expect(runbook.tests.contains { $0.expectation.error != nil }, "\(runbook.id) refuses nothing")
            for outcome in outcomes { #expect(outcome.passed, "\(outcome)") }
        }
    }

    /// Steps that leave nothing from which could be told whether they happened, so that a person is asked.
    private static let untold: Set = ["free-disk: rotate", "rotate-logs: rotate"]

    @Test("what must not happen twice can be asked about, or nobody could tell")
    func onceHasProbe() {
        for runbook in runbooks {
            for step in runbook.allSteps where step.effect == .once {
                let name = "\(runbook.id): \(step.id)"
                #expect((step.probe == nil) == Self.untold.contains(name), "\(name)")
            }
        }
    }

    @Test("each says first what it needs, and leaves the paths of programs to the configuration")
    func needs() throws {
        for runbook in runbooks {
            let text = try String(contentsOfFile: runbook.location.file, encoding: .utf8)
            let comment = try #require(text.split(separator: "\nkind: runbook").first)
            #expect(comment.hasPrefix("# ") && comment.contains("Needs in the configuration"), "\(runbook.id)")
            for program in runbook.programs {
                #expect(!program.contains("/"), "\(runbook.id): \(program)")
                #expect(comment.contains(program), "\(runbook.id) does not say that it needs \(program)")
            }
            for channel in runbook.channels {
                #expect(comment.contains("`\(channel)`"), "\(runbook.id) does not say that it needs \(channel)")
            }
            for secret in runbook.secrets {
                #expect(comment.contains(secret), "\(runbook.id) does not say that it needs \(secret)")
            }
        }
    }

    @Test("no text comes in without a pattern, an enum or the form of a host")
    func parametersAreTight() {
        for runbook in runbooks {
            for parameter in runbook.parameters { #expect(parameter.isBounded, "\(runbook.id): \(parameter.name)") }
        }
    }

    /// What somebody who can name a host or write a label might put there.
    private static let hostile = [
        "$(touch canary)", "`touch canary`", "x; touch canary", "x | sh", "x && y", "x\ny", "x\r\nHost: y", "x\u{0}y",
        "x'y", "x\"y", "${service}", "{{7*7}}", "x%2Fy", "x?y=1", "x#y", "x@y z", "\u{202E}x", "\u{1B}[2Jx", "",
    ]

    @Test("no parameter takes what could be more than a value")
    func hostileValues() throws {
        for runbook in runbooks {
            let good = try #require(runbook.tests.first { $0.expectation.error == nil }).parameters
            for parameter in runbook.parameters {
                for value in Self.hostile {
                    let parameters = good.merging([parameter.name: .string(value)]) { $1 }
                    #expect(throws: PlanError.self, "\(runbook.id): \(parameter.name) takes \(value)") {
                        _ = try Planner.plan(runbook, parameters: parameters)
                    }
                }
            }
        }
    }

    @Test("each works on a target that it locks, tells people when it fails, and has not helped for less than 3 min")
    func cautious() {
        for runbook in runbooks {
            #expect(runbook.locks.contains { !$0.parameters.isEmpty }, "\(runbook.id) locks no target")
            #expect(!runbook.channels.isDisjoint(with: ["page", "escalation"]), "\(runbook.id)")
            let pages = runbook.onFailure.contains {
                if case .operation(.notify) = $0.action { true } else { false }
            }
            #expect(pages, "\(runbook.id) fails silently")
            if !Self.harmless.contains(runbook.id) {
                #expect(runbook.verification.soak >= .minutes(3), "\(runbook.id)")
            }
            #expect(runbook.deadline > runbook.verification.within, "\(runbook.id) leaves no time for its steps")
        }
    }

    @Test("those that change something put aside how things were, and tell people also when they are stopped")
    func evidenceFirst() throws {
        for runbook in runbooks where !Self.harmless.contains(runbook.id) {
            let first = try #require(runbook.steps.first)
            #expect(first.continuesOnError, "\(runbook.id) helps nobody who cannot say how he is")
            if runbook.id == "close-stuck-consumer" {
                // All that is to be seen is seen through the broker's API.
                #expect(first.effect == .read)
            } else {
                guard case .operation(.collect) = first.action else {
                    Issue.record("\(runbook.id) begins with \(first.id)")
                    continue
                }
            }
            let tells = runbook.onCancel.contains { step in
                if case .operation(.notify) = step.action { true } else { false }
            }
            #expect(tells, "\(runbook.id) is stopped silently")
        }
    }

    @Test("tokens and passwords are secrets, never parameters")
    func secrets() {
        for runbook in runbooks {
            #expect(!runbook.parameters.contains { $0.isSensitive }, "\(runbook.id)")
        }
    }

    @Test("those that need no soak only read or tell")
    func harmless() {
        for runbook in runbooks where Self.harmless.contains(runbook.id) {
            let changes = runbook.allSteps.contains { step in
                if case .operation(.notify) = step.action { false } else { step.effect != .read }
            }
            #expect(!changes, "\(runbook.id)")
        }
    }
}

extension Runbook {
    /// The programs that it starts.
    fileprivate var programs: Set<String> { Set(needs.filter { $0.kind == .executable }.map(\.name)) }
}
