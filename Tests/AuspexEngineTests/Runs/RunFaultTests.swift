import AuspexRules
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

/// Trouble that rules and runbooks make together.
@Suite("Remedies under trouble", .timeLimit(.minutes(2))) struct RunFaultTests {
    @Test("an alert that flaps for an hour is remedied at most once, and people are told that it flaps")
    func flapping() async throws {
        let site = try await RunSite()
        try await site.atWork {
            for half in 0..<120 {
                try await site.errors(half % 2 == 0 ? 9 : 0, of: "a")
                site.clock.move(by: .seconds(30))
            }
            #expect(try await site.runs().count == 1)
            #expect(site.performer.targets.count <= 1)
            let codes = try await site.blocks()
            #expect(codes.count == 59)
            #expect(Set(codes).isSuperset(of: ["flapping"]), "\(codes)")
            try await site.wait { site.notices.kinds.contains(.flapping) }
            #expect(site.notices.kinds.filter { $0 == .flapping }.count == 1)
        }
    }

    @Test("a remedy that makes things worse stops after two failures, and people are told")
    func makesItWorse() async throws {
        let site = try await RunSite()
        try await site.atWork {
            for (number, instance) in ["a", "b"].enumerated() {
                // A restart doubles the errors, so the verification never holds.
                try await site.errors(9 * Double(number + 1), of: instance)
                try await site.wait { site.performer.targets.count == number + 1 }
                try await site.pass { try await site.runs().last?.status == .failed }
            }
            try await site.wait { site.notices.kinds.contains(.breakerOpen) }
            for instance in ["c", "d"] { try await site.errors(40, of: instance) }
            let later = try await site.runs().dropFirst(2)
            #expect(later.map(\.mode) == [.approve, .approve])
            #expect(site.performer.targets == ["a", "b"])
            #expect(site.notices.kinds.filter { $0 == .breakerOpen }.count == 1)

            // What a person has reset may try again, twice.
            try await site.desk.resetBreaker(of: "restart", by: "ann", reason: "fixed the start script")
            try await site.errors(9, of: "e")
            try await site.wait { site.performer.targets == ["a", "b", "e"] }
            #expect(try await site.audited("breaker.reset").first?["by"]?.string == "ann")
        }
    }

    @Test("in a storm of alerts nothing starts by itself, and people get one summary; after a calm it is over")
    func storm() async throws {
        let site = try await RunSite {
            $0.actions.maximumActive = 100
            $0.actions.maximumPerHour = 100
            $0.incidents.storm = IncidentSettings.Storm(alertsPerMinute: 5, services: 100, coolDown: .minutes(2))
        }
        try await site.atWork {
            for number in 0..<20 { try await site.errors(9, of: "i\(number)") }
            let modes = try await site.runs().map(\.mode)
            #expect(modes.contains(.approve))
            #expect(modes.count { $0 == .auto } <= 5)
            try await site.wait { site.notices.kinds.contains(.storm) }
            #expect(site.notices.kinds.filter { $0 == .storm }.count == 1)
            #expect(site.notices.texts.contains { $0.contains("storm") })
            for _ in 0..<4 {
                site.clock.move(by: .minutes(1))
                try await site.sample("calm", 1, of: "z")
            }
            #expect(await site.pipeline.incidents.tracker.isStorm == false)
        }
    }
}
