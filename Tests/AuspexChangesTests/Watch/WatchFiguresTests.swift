import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

/// How often watches err and how long they take, on generated services: 60 minutes before, 30 after. In `AUSPEX_TEST_WATCHES`
/// is how many of each kind are made; the figures are printed.
@Suite("Figures of watches") struct WatchFiguresTests {
    private static let runs = ProcessInfo.processInfo.environment["AUSPEX_TEST_WATCHES"].flatMap { Int($0) } ?? 20

    /// Kinds of metrics: latency 100·exp(0.3·e) with e an autoregression, or errors in a counter.
    enum Kind: String, CaseIterable {
        case independent, ar5, ar8, poisson2, poisson20

        func series(_ wave: inout WatchScene.Wave, _ factor: Double) -> WatchMinute.Series {
            switch self {
            case .independent, .ar5, .ar8: WatchScene.level("latency", 100 * factor * exp(0.3 * wave.next()))
            case .poisson2: WatchScene.counter("errors_total", wave.poisson(0.2 * factor))
            case .poisson20: WatchScene.counter("errors_total", wave.poisson(20 * factor))
            }
        }

        var correlation: Double { self == .ar8 ? 0.8 : self == .ar5 ? 0.5 : 0 }
    }

    @Test("changes that do nothing fail about as seldom as they may", arguments: Kind.allCases)
    func figures(kind: Kind) {
        for factor in Self.runs > 20 ? [1.0, 1.5, 2] : [1.0] {
            var failed: [Int] = []
            var passed = 0
            for run in 0..<Self.runs {
                var scene = WatchScene()
                var wave = WatchScene.Wave(seed: 424_242 + UInt64(run), correlation: kind.correlation)
                scene.run { [kind.series(&wave, $0 < 0 ? 1 : factor)] }
                if scene.watch.judgement.verdict == .fail { failed.append(scene.minutes) }
                if scene.watch.judgement.verdict == .pass { passed += 1 }
            }
            if factor == 1 { #expect(Double(failed.count) <= 3 + 0.04 * Double(Self.runs)) }
            if Self.runs > 20 {
                let early = failed.count { $0 < 30 }
                let middle = failed.sorted().dropFirst(failed.count / 2).first ?? 0
                print(
                    "figures \(kind) ×\(factor): failed \(failed.count) of \(Self.runs), early \(early), median minute",
                    middle, "passed", passed)
            }
        }
    }
}
