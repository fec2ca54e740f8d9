// swift-tools-version: 6.2
import PackageDescription

// The journal is no product, and what other packages can't see they can't measure. So this package compiles the same
// sources, through links, as targets of its own.
let package = Package(
    name: "auspex-journal-benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CKissFFT", providers: [.apt(["libkissfft-dev"])]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CAuspexKernels"),
        .target(name: "AuspexSignals", swiftSettings: settings),
        .target(
            name: "AuspexDocuments", dependencies: ["AuspexSignals", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(
            name: "AuspexNumerics", dependencies: ["COpenBLAS", "CKissFFT", "CAuspexKernels"], swiftSettings: settings),
        .target(name: "AuspexPatterns", dependencies: ["CRE2"], swiftSettings: settings),
        .target(
            name: "AuspexExpressions", dependencies: ["AuspexSignals", "AuspexPatterns", "CRE2"],
            swiftSettings: settings),
        .target(
            name: "AuspexRules",
            dependencies: ["AuspexSignals", "AuspexDocuments", "AuspexExpressions", "AuspexPatterns"],
            swiftSettings: settings),
        .target(
            name: "AuspexChanges",
            dependencies: [
                "AuspexSignals", "AuspexDocuments", "AuspexNumerics",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuspexRunbooks",
            dependencies: [
                "AuspexSignals", "AuspexDocuments", "AuspexExpressions", "AuspexPatterns",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuspexStore",
            dependencies: [
                "AuspexSignals", "AuspexRules", "AuspexChanges", "AuspexRunbooks",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "Journal",
            dependencies: [
                "AuspexRunbooks", "AuspexSignals", "AuspexStore", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

/// What the sources are written for.
var settings: [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
