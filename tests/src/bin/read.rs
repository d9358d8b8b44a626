//! The extractor's side of what `bench` measures of reading: texts as JSON lines in, figures out. A program of its own, as
//! the allocator is that of a whole program: here the one that the shipped programs read with.

/// What `fineprint` and the extractor's service have.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    acceptance::bench::reading::read_all()
}
