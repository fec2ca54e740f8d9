import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct RiskCourseTests {
    private let week = TimeSpan.hours(7 * 24)

    @Test("a model that ranks no worse than lines added passes, and says what it was judged by")
    func passes() throws {
        let changes = MadeChanges.make(600)
        let course = try RiskCourse([changes], service: "shop", labelDelay: week)
        let split = try #require(course.evaluation)
        #expect(split.changes == 180)
        #expect(split.harmful == changes.suffix(180).count { $0.isHarmful })
        #expect(split.metrics.aucROC > split.linesAdded.aucROC)
        #expect(course.hasPassed)
        #expect(course.note.hasPrefix("in force: AUC "))
        #expect(course.model.training.changes == 600)
    }

    @Test("one service alone is judged as a running engine would judge it")
    func sameAsJudge() throws {
        let changes = MadeChanges.make(300)
        let course = try RiskCourse([changes], service: "shop", labelDelay: week)
        let older = try RiskTrainer.train(Array(changes[..<210]), service: "shop")
        let judged = TimeOrderedJudge(model: older, labelDelay: week).judge(Array(changes[210...]))
        #expect(course.evaluation?.metrics == RiskMetrics(judged.map { .init($0.followed, $0.isHarmful) }))
    }

    @Test("a model of measures that came to mean something else is not put in force")
    func fails() throws {
        // In the older part many developers go with harm, in the newer part with none.
        var lots = SplitMix64(seed: 3)
        let changes = (0..<1_000).map { day -> LabelledChange in
            let isOld = day < 700
            let added = exp(lots.uniform() * 6).rounded()
            let isHarmful = lots.uniform() < 0.05 + 0.07 * log1p(added)
            let developers: Double = isHarmful == isOld ? 9 : 1
            let measures = ChangeMeasures { feature in
                switch feature {
                case .la: added
                case .ndev: developers
                default: 0
                }
            }
            return LabelledChange(
                time: Timestamp(milliseconds: Int64(day) * 86_400_000), measures: measures, isHarmful: isHarmful)
        }
        let course = try RiskCourse([changes], service: "shop", labelDelay: week)
        #expect(!course.hasPassed)
        #expect(course.note.hasPrefix("not in force: AUC "))
        #expect(course.note.contains("lines added alone"))
    }

    @Test("what cannot be judged is not put in force, and says why")
    func unjudged() throws {
        var quiet = MadeChanges.make(200)
        for index in 140..<200 { quiet[index].isHarmful = false }
        let course = try RiskCourse([quiet], service: "shop", labelDelay: week)
        #expect(!course.hasPassed)
        #expect(course.evaluation == nil)
        #expect(course.note == "not in force: 0 of the newest 60 changes did harm, so that it cannot be judged")
        let few = MadeChanges.make(60, seed: 4).enumerated().map { place, change in
            LabelledChange(time: change.time, measures: change.measures, isHarmful: place % 3 == 0)
        }
        #expect(try RiskCourse([few], service: "shop", labelDelay: week).note.contains("the older 70 %"))
    }

    @Test("an imported model that ranks better stays")
    func incumbent() throws {
        let changes = MadeChanges.make(200, seed: 8)
        let good = try RiskTrainer.train(MadeChanges.make(3_000, seed: 9), service: "elsewhere")
        let course = try RiskCourse([changes], service: "shop", labelDelay: week, incumbent: good)
        let split = try #require(course.evaluation)
        let incumbent = try #require(split.incumbent)
        #expect(
            course.hasPassed
                == (split.metrics.aucROC >= split.linesAdded.aucROC - RiskCourse.tolerance
                    && split.metrics.aucROC >= incumbent.aucROC - RiskCourse.tolerance))
    }

    @Test("several services are each ranked among their own changes")
    func organisation() throws {
        let small = MadeChanges.make(300, seed: 1)
        let large = MadeChanges.make(300, seed: 2, scale: 20)
        let course = try RiskCourse([small, large], service: "all", labelDelay: week)
        #expect(course.evaluation?.changes == 180)
        #expect(course.model.training.changes == 600)
    }

    @Test("a version can be written and read again")
    func codable() throws {
        let course = try RiskCourse([MadeChanges.make(300)], service: "shop", labelDelay: week)
        let version = RiskModelVersion(
            service: "shop", origin: .trained, model: course.model, at: Timestamp(milliseconds: 7),
            evaluation: course.evaluation, isInForce: true, note: course.note)
        let data = try JSONEncoder().encode(version)
        #expect(try JSONDecoder().decode(RiskModelVersion.self, from: data) == version)
    }
}
