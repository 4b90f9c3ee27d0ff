//! Prints the catalogue: codes, limits and checks, as every host reads them from the module.

fn main() {
    println!("{}", authn::Registry::about());
}
