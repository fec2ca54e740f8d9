import AuspexSignals
import AuspexTesting
import Foundation

@testable import AuspexChanges

/// Changes made up for tests: harm is likelier with more lines added and more developers.
enum MadeChanges {
    static func make(_ count: Int, seed: UInt64 = 1, scale: Double = 1) -> [LabelledChange] {
        var lots = SplitMix64(seed: seed)
        return (0..<count).map { day in
            let added = (exp(lots.uniform() * 6) * scale).rounded()
            let developers = Double(lots.next() % 10)
            let files = Double(1 + lots.next() % 5)
            let chance = 0.02 + 0.04 * log1p(added) + (developers > 6 ? 0.3 : 0)
            let isHarmful = lots.uniform() < chance
            let measures = ChangeMeasures { feature in
                switch feature {
                case .la: added
                case .ndev: developers
                case .nf: files
                default: 0
                }
            }
            return LabelledChange(
                time: Timestamp(milliseconds: Int64(day) * 86_400_000), measures: measures, isHarmful: isHarmful)
        }
    }
}
